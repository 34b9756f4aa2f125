import type { ImportRow } from "#contract/csv-import.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobContext, JobKind, RowResult } from "../../jobs/job.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { writeRemark } from "../../store/remarks.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { BrokerWriter, inWords, type Done } from "./broker-writer.ts";
import type { Check } from "./import-checks.ts";
import type { ImportKind } from "./import-kind.ts";
import { readSites } from "./import-sites.ts";

/** Rows that brokers of 5.3 and later get in one request: they write all of their topics to disk after each. */
const ROWS_TOGETHER = 40;
/** So that a broker has the next rows already when it is done with the last. */
const BATCHES_AT_ONCE = 2;

/** Creates the rows that a check showed as new. One that fails does not stop the rest. */
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
      await createAll(ctx, { kind, cluster, keepRemark: remarks(deps, kind, instanceId) }, wanted);
    } finally {
      for (const { name } of wanted) cluster.forgetRoute(name);
      forgetWritten(cluster);
    }
  },
});

/** Rows for which the check has said all there is to say: they were shown as left out, so nothing fails that was to be done. */
function resultWithoutAsking({ line, state, faults, stored }: ImportRow): RowResult {
  const data = { line };
  if (state === "invalid") {
    const what = faults.map(
      ({ key, column, params }) => `${column ?? key}: ${params["value"] ?? params["line"] ?? ""}`,
    );
    return { state: "skipped", code: faults[0]?.key, detail: what.join("; "), data };
  }
  if (state === "exists") return { state: "skipped", code: "exists", data };
  const there = stored.map(({ brokerName, values }) => `${brokerName}: ${inWords(values)}`);
  return { state: "skipped", code: "differs", detail: there.join("; "), data };
}

interface Place {
  kind: ImportKind;
  cluster: RocketMQCluster;
  keepRemark: (row: ImportRow) => Promise<void>;
}

const remarks =
  ({ db }: Deps, { what: kind }: ImportKind, instanceId: string): Place["keepRemark"] =>
  async ({ name, values }) => {
    const remark = values["Remark"];
    if (remark !== undefined) await writeRemark(db, { instanceId, kind, name }, remark);
  };

async function createAll(ctx: JobContext, place: Place, rows: ImportRow[]): Promise<void> {
  const { kind, cluster } = place;
  const sites = await readSites(kind, cluster, new Set(rows.map(({ name }) => name)));
  const writers = new Map(sites.map((site) => [site.brokerName, new BrokerWriter(kind, cluster, site)]));
  const batches = Array.from({ length: Math.ceil(rows.length / ROWS_TOGETHER) }, (_, n) =>
    rows.slice(n * ROWS_TOGETHER, (n + 1) * ROWS_TOGETHER),
  );
  await ctx.each(batches, BATCHES_AT_ONCE, async (batch) => {
    await Promise.all(batch.map(({ n, name }) => ctx.begin(n, name)));
    const brokers = [...new Set(batch.flatMap(({ createOn }) => createOn))];
    const done = new Map(
      await Promise.all(
        brokers.map(async (brokerName) => {
          const here = batch.filter(({ createOn }) => createOn.includes(brokerName));
          return [brokerName, await writers.get(brokerName)?.write(here)] as const;
        }),
      ),
    );
    await Promise.all(
      batch.map(async (row) => {
        // A broker that the name servers no longer list has no writer.
        const atBrokers = row.createOn.map((name) => ({
          name,
          done: done.get(name)?.get(row) ?? { code: "NO_MASTER" },
        }));
        ctx.settle(row.n, await ended(place, row, atBrokers));
      }),
    );
  });
}

/** One row of the file is all its brokers: it is done when each of them has it, and what goes with it is kept. */
async function ended(
  { kind, cluster, keepRemark }: Place,
  row: ImportRow,
  atBrokers: readonly { name: string; done: Done }[],
): Promise<RowResult> {
  const created = atBrokers.flatMap(({ name, done }) => ("done" in done && done.done === "created" ? [name] : []));
  const failures = atBrokers.flatMap(({ name, done }) => ("code" in done ? [{ name, ...done }] : []));
  if (created.length > 0) {
    await keepRemark(row);
    const left = (await kind.created?.(cluster, row.values, created)) ?? [];
    failures.push(...left.map(({ target, error }) => ({ name: target, code: error.code, detail: error.remark })));
  }
  const data = { line: row.line, created: created.join(";"), failed: failures.map(({ name }) => name).join(";") };
  const [first] = failures;
  if (first === undefined) return { state: "ok", data };
  const detail = failures.map(({ name, detail: text }) => [name, text].filter(Boolean).join(": ")).join("; ");
  return { state: "failed", code: first.code, detail, data };
}
