import pLimit from "p-limit";
import type { ImportRow } from "#contract/csv-import.ts";
import type { Deps } from "../../deps.ts";
import type { JobContext, JobKind, RowResult } from "../../jobs/job.ts";
import type { RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import { forgetWritten } from "../../rocketmq/admin/per-cluster.ts";
import type { RocketMQError } from "../../rocketmq/errors.ts";
import { BrokerLane } from "./broker-lane.ts";
import type { Check } from "./import-checks.ts";
import type { ImportKind } from "./import-kind.ts";
import { sameValues, type Site } from "./import-rows.ts";
import { readSites } from "./import-sites.ts";

/** Rows under way: more than a broker takes at once, so that one which is slow does not leave the other idle. */
const ROWS_AT_ONCE = 96;

type Outcome = { brokerName: string } & ({ done: "created" | "there" } | { code: string; detail?: string });

/** Creates the rows that a check showed as new. One that fails does not stop the rest; what exists by now is not touched. */
export const importJob = (deps: Deps, kind: ImportKind): JobKind<Check> => ({
  kind: `csvImport.${kind.what}`,
  action: `${kind.what}:create`,
  describe: ({ file, rows }) => ({ file: file.name, count: rows.length }),
  async run(ctx, { instanceId, rows }) {
    ctx.total(rows.length);
    const cluster = await deps.clusters.get(instanceId);
    const wanted = rows.filter(({ state }) => state === "create");
    for (const row of rows) {
      if (row.state !== "create") ctx.record(row.n, row.name, resultWithoutAsking(row));
    }
    if (wanted.length === 0) return;
    try {
      await createAll(ctx, kind, cluster, wanted);
    } finally {
      for (const { name } of wanted) cluster.forgetRoute(name);
      forgetWritten(cluster);
    }
  },
});

const pairs = (values: Readonly<Record<string, string>>) =>
  Object.entries(values)
    .map(([column, value]) => `${column} ${value}`)
    .join(", ");

/** Rows for which the check has said all there is to say. */
function resultWithoutAsking({ line, state, faults, stored }: ImportRow): RowResult {
  const data = { line };
  if (state === "invalid") {
    const detail = faults.map(
      ({ key, column, params }) => `${column ?? key}: ${params["value"] ?? params["line"] ?? ""}`,
    );
    return { state: "failed", code: faults[0]?.key, detail: detail.join("; "), data };
  }
  if (state === "exists") return { state: "skipped", code: "exists", data };
  const there = stored.map(({ brokerName, values }) => `${brokerName}: ${pairs(values)}`);
  return { state: "skipped", code: "differs", detail: there.join("; "), data };
}

async function createAll(
  ctx: JobContext,
  kind: ImportKind,
  cluster: RocketMQCluster,
  rows: ImportRow[],
): Promise<void> {
  const sites = await readSites(kind, cluster, new Set(rows.map(({ name }) => name)));
  const byName = new Map(sites.map((site) => [site.brokerName, site]));
  const lanes = new Map(
    sites.flatMap((site) => (site.error === undefined ? [[site.brokerName, new BrokerLane(site.addr)] as const] : [])),
  );
  const createAt = async (row: ImportRow, brokerName: string): Promise<Outcome> => {
    const site: Site | undefined = byName.get(brokerName);
    const lane = lanes.get(brokerName);
    if (site === undefined || site.error !== undefined || lane === undefined) {
      return { brokerName, ...(site?.error === undefined ? { code: "NO_MASTER" } : failed(site.error)) };
    }
    const now = site.has.get(row.name);
    if (now !== undefined) {
      if (sameValues(row.values, now)) return { brokerName, done: "there" };
      return { brokerName, code: kind.what === "topic" ? "TOPIC_EXISTS" : "GROUP_EXISTS", detail: pairs(now) };
    }
    const error = await lane.run(() => kind.create(cluster, site.addr, row.values));
    return { brokerName, ...(error === undefined ? { done: "created" } : failed(error)) };
  };
  const limit = pLimit(ROWS_AT_ONCE);
  await limit.map(rows, async (row) => {
    if (ctx.signal.aborted) return;
    await ctx.begin(row.n, row.name);
    ctx.settle(row.n, settled(row, await Promise.all(row.createOn.map((brokerName) => createAt(row, brokerName)))));
  });
}

const failed = ({ code, remark, message }: RocketMQError) => ({ code, detail: remark ?? message });

/** One row of the file is all its brokers: it is done when each of them has it. */
function settled({ line }: ImportRow, outcomes: readonly Outcome[]): RowResult {
  const failures = outcomes.flatMap((outcome) => ("code" in outcome ? [outcome] : []));
  const created = outcomes.flatMap((outcome) =>
    "done" in outcome && outcome.done === "created" ? [outcome.brokerName] : [],
  );
  const data = { line, created: created.join(";"), failed: failures.map(({ brokerName }) => brokerName).join(";") };
  const [first] = failures;
  if (first === undefined) return { state: "ok", data };
  const detail = failures.map((failure) => [failure.brokerName, failure.detail].filter(Boolean).join(": ")).join("; ");
  return { state: "failed", code: first.code, detail, data };
}
