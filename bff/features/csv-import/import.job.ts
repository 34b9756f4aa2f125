import type { ImportRow } from "#contract/csv-import.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobContext, JobKind, RowResult } from "../../jobs/job.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { writeRemark } from "../../store/remarks.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { BrokerWriter, inWords, type Done } from "./broker-writer.ts";
import type { Check } from "./import-checks.ts";
import { firstOf, type ImportKind } from "./import-kind.ts";
import { sameValues, type Site } from "./import-plan.ts";
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
      await createAll(ctx, { kind, cluster, keepRemark: remarks(deps, ctx, kind, instanceId) }, wanted);
    } finally {
      for (const { name } of wanted) cluster.forgetRoute(name);
      forgetWritten(cluster);
    }
  },
});

/** Rows for which the check has said all there is to say: they were shown as left out, so nothing fails that was to be done. */
function resultWithoutAsking(row: ImportRow): RowResult {
  const { line, state, faults, stored, remark } = row;
  const data = { line };
  if (state === "invalid") {
    const what = faults.map(
      ({ key, column, params }) => `${column ?? key}: ${params["value"] ?? params["line"] ?? ""}`,
    );
    return { state: "skipped", code: faults[0]?.key, detail: what.join("; "), data: { line, faults } };
  }
  if (state === "exists") {
    const lost = lostWords(row);
    return { state: "skipped", code: lost === undefined ? "exists" : "existsNotKept", detail: lost, data };
  }
  const there = stored
    .filter(({ values }) => !sameValues(row.values, values))
    .map(({ brokerName, values }) => `${brokerName}: ${inWords(values)}`);
  if (remark !== null) there.push(`Remark: ${remark}`);
  return { state: "skipped", code: "differs", detail: there.slice(0, TOLD).join("; "), data };
}

/** Brokers of which a row's result tells. */
const TOLD = 5;

const lostWords = ({ notKept }: ImportRow): string | undefined =>
  notKept.length === 0
    ? undefined
    : firstOf(
        notKept.map(({ brokerName, columns }) => `${brokerName}: ${columns.join(", ")}`),
        "; ",
      );

interface Place {
  kind: ImportKind;
  cluster: RocketMQCluster;
  /** Whether the remark of what was just created is kept. */
  keepRemark: (row: ImportRow) => Promise<boolean>;
}

const remarks =
  ({ db }: Deps, { log }: JobContext, { what: kind }: ImportKind, instanceId: string): Place["keepRemark"] =>
  async ({ name, values }) => {
    const remark = values["Remark"];
    if (remark === undefined) return true;
    try {
      await writeRemark(db, { instanceId, kind, name }, remark);
      return true;
    } catch (err) {
      log.error({ err, name }, "a remark could not be kept");
      return false;
    }
  };

async function createAll(ctx: JobContext, place: Place, rows: ImportRow[]): Promise<void> {
  const { kind, cluster } = place;
  const sites = await readSites(kind, cluster, new Set(rows.map(({ name }) => name)));
  const writers = new Map(sites.map((site) => [site.brokerName, new BrokerWriter(kind, cluster, site)]));
  const batches = Array.from({ length: Math.ceil(rows.length / ROWS_TOGETHER) }, (_, n) =>
    rows.slice(n * ROWS_TOGETHER, (n + 1) * ROWS_TOGETHER),
  );
  const refusals = new Map(rows.map((row) => [row, sinceElsewhere(kind, row, sites)]));
  await ctx.each(batches, BATCHES_AT_ONCE, async (batch) => {
    await Promise.all(batch.map(({ n, name }) => ctx.begin(n, name)));
    const brokers = [...new Set(batch.flatMap(({ createOn }) => createOn))];
    const done = new Map(
      await Promise.all(
        brokers.map(async (brokerName) => {
          const here = batch.filter((row) => row.createOn.includes(brokerName) && refusals.get(row) === undefined);
          return [brokerName, await writers.get(brokerName)?.write(here)] as const;
        }),
      ),
    );
    await Promise.all(
      batch.map(async (row) => {
        // A broker that the name servers no longer list has no writer.
        const atBrokers: AtBroker[] = row.createOn.map((name) => ({
          name,
          done: refusals.get(row) ?? done.get(name)?.get(row) ?? { code: "NO_MASTER" },
        }));
        for (const name of row.orderOn) {
          const isThere = writers.get(name)?.has(row.name) === true;
          atBrokers.push({ name, done: isThere ? { done: "there" } : { code: "TOPIC_NOT_EXIST" } });
        }
        ctx.settle(row.n, await ended(place, row, atBrokers));
      }),
    );
  });
}

/** Of what may be on one broker alone: that another has it since the check. */
function sinceElsewhere(kind: ImportKind, { name, values, createOn, orderOn }: ImportRow, sites: readonly Site[]) {
  const having = sites.flatMap(({ brokerName, ...site }) => {
    const stored = site.error === undefined ? site.has.get(name) : undefined;
    return stored === undefined || [...createOn, ...orderOn].includes(brokerName) ? [] : [{ brokerName, stored }];
  });
  const [other] = having;
  const isStrict = [values, ...having.map(({ stored }) => stored)].some((of) => kind.onOneBroker?.(of) === true);
  return isStrict && other !== undefined && createOn.length > 0
    ? { code: "TOPIC_EXISTS", detail: `${other.brokerName}: ${inWords(other.stored)}` }
    : undefined;
}

interface AtBroker {
  name: string;
  done: Done;
}

/** One row of the file is all its brokers: it is done when each of them has it, and what goes with it is kept. */
async function ended(
  { kind, cluster, keepRemark }: Place,
  row: ImportRow,
  atBrokers: readonly AtBroker[],
): Promise<RowResult> {
  const created = atBrokers.flatMap(({ name, done }) => ("done" in done && done.done === "created" ? [name] : []));
  const there = atBrokers.flatMap(({ name, done }) => ("done" in done && done.done === "there" ? [name] : []));
  const failures = atBrokers.flatMap(({ name, done }) => ("code" in done ? [{ name, ...done }] : []));
  const having = [...created, ...there];
  if (having.length > 0) {
    const left = (await kind.created?.(cluster, row.values, having)) ?? [];
    failures.push(...left.map(({ target, error }) => ({ name: target, code: error.code, detail: error.remark })));
  }
  const isRemarkKept = created.length === 0 || (await keepRemark(row));
  const data = { line: row.line, created: created.join(";"), failed: failures.map(({ name }) => name).join(";") };
  const [first] = failures;
  if (first !== undefined) {
    const texts = failures.map(({ name, detail: text }) => [name, text].filter(Boolean).join(": "));
    return { state: "failed", code: first.code, detail: texts.join("; "), data };
  }
  if (!isRemarkKept) return { state: "failed", code: "remarkLost", data };
  const lost = lostWords(row);
  if (lost !== undefined) return { state: "ok", code: "notKept", detail: lost, data };
  return { state: "ok", code: row.createOn.length === 0 ? "orderTold" : undefined, data };
}
