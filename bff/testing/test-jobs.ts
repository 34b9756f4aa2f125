import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { vi } from "vitest";
import type { Job } from "#contract/job.ts";
import { createTelemetry } from "../base/telemetry.ts";
import type { JobContext } from "../jobs/job.ts";
import { createJobRunner, type JobRunner } from "../jobs/job-runner.ts";
import type { Store } from "../store/store.ts";
import { openTestStore } from "./test-store.ts";

export const patience = { timeout: 15_000, interval: 5 };

export const numbers = (most: number) => Array.from({ length: most }, (_, index) => index + 1);

export interface TestJobs {
  dataDir: string;
  db: Store;
  jobs: JobRunner;
  /** A further one on the same store, which keeps 100 rows of a job. */
  runner: (now?: () => number) => Promise<JobRunner>;
  start: (run: (ctx: JobContext) => Promise<void>) => Promise<Job>;
  ended: (jobId: string) => Promise<Job>;
  close: () => Promise<void>;
}

/** A runner of jobs for one test alone. */
export async function openTestJobs(): Promise<TestJobs> {
  const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-jobs-"));
  const db = await openTestStore();
  const log = pino({ level: "silent" });
  const config = { maxJobs: 4, jobDays: 30, jobRows: 100, jobFileMb: 1, exportFileMb: 1, dataDir };
  const runner = (now = Date.now) => createJobRunner({ db, log, telemetry: createTelemetry(), now, config });
  const jobs = await runner();
  return {
    dataDir,
    db,
    jobs,
    runner,
    start: (run) =>
      jobs.start({ kind: "test.run", action: "message:send", describe: () => ({}), run }, undefined, {
        user: { username: "u" },
      }),
    ended: (jobId) =>
      vi.waitUntil(async () => {
        const job = await jobs.get(jobId);
        return job.finishedAt === null ? undefined : job;
      }, patience),
    async close() {
      await jobs.stop();
      await db.destroy();
      await rm(dataDir, { recursive: true });
    },
  };
}
