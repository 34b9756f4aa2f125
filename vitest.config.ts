import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const skipped = ["node_modules/**", "dist/**", "e2e/**"];
/** What is said of the store there is said of PostgreSQL alone. */
const onPostgresOnly = "bff/**/*.postgres.test.ts";
const hostile = ["bff/hostile.it.test.ts", "bff/faults.it.test.ts"];

/** Who reads what failed on another machine has nothing but the message. */
const chaiConfig = { truncateThreshold: 0 };

/** By far the longest: beside all others it costs half of what it takes alone after them. */
class JudgeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isJudge = ({ moduleId }: TestSpecification) => moduleId.endsWith("/judge.it.test.ts");
    const sorted = await super.sort(files);
    return [...sorted.filter(isJudge), ...sorted.filter((file) => !isJudge(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: JudgeFirst },
    projects: [
      {
        test: {
          name: "unit",
          chaiConfig,
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...skipped, "**/*.it.test.ts", onPostgresOnly],
          // They wait more than they compute.
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "postgres",
          chaiConfig,
          maxWorkers: 2,
          include: [
            "bff/**/*.api.test.ts",
            "bff/{auth,jobs,store}/*.test.ts",
            "bff/cluster/plans.test.ts",
            "bff/monitor/{name-series,series-store}.test.ts",
            onPostgresOnly,
          ],
          // Of what the process holds, whatever the store.
          exclude: [...skipped, "bff/jobs/many-rows.test.ts"],
          globalSetup: "bff/testing/postgres-setup.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "integration",
          chaiConfig,
          include: ["**/*.it.test.ts"],
          exclude: [...skipped, ...hostile],
          globalSetup: "sandbox/testing/shared-cluster-setup.ts",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // One waits for deadlines and dead brokers while the other computes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "hostile",
          chaiConfig,
          include: hostile,
          // What they measure is time and memory.
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
