import { stringify } from "csv-stringify/sync";
import { api } from "../../api/api.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { readRemarks } from "../../store/remarks.ts";
import { containing, onPage } from "../../cluster/ranking.ts";
import { ImportChecks, presentCheck, startOnce, type Check, type CheckedFile } from "./import-checks.ts";
import { readTextFile } from "./import-file.ts";
import type { ImportKind } from "./import-kind.ts";
import { planRows } from "./import-plan.ts";
import { readRows } from "./import-rows.ts";
import { chosenSites, isGone, readSites } from "./import-sites.ts";
import { groupKind } from "./group-kind.ts";
import { importJob } from "./import.job.ts";
import { topicKind } from "./topic-kind.ts";

function template({ what, template: lines }: ImportKind): File {
  const csv = stringify(
    lines.map((line) => [...line]),
    { bom: true, record_delimiter: "\r\n" },
  );
  return new File([csv], `${what}-import.csv`, { type: "text/csv;charset=utf-8" });
}

/** What is over gives its memory back within so long even when nobody checks another file. */
const FORGET_MS = 60_000;

type Person = { username: string };
interface Place {
  instanceId: string;
  brokers?: string[];
}
interface CheckRef {
  instanceId: string;
  checkId: string;
}

/** Imports of one kind: what is checked is kept, what is started is a job. */
function imports(deps: Deps, kind: ImportKind) {
  const checks = new ImportChecks(deps.now);
  deps.background.add({ what: "forgetting old imports", everyMs: FORGET_MS, run: () => checks.makeRoom() });
  const job = importJob(deps, kind);

  const found = ({ instanceId, checkId }: CheckRef, { username }: Person) =>
    checks.get({ instanceId, madeBy: username }, checkId);

  async function check({ instanceId, brokers }: Place, user: Person, file: CheckedFile): Promise<Check> {
    const cluster = await deps.clusters.get(instanceId);
    const names = new Set(file.rows.filter(({ faults }) => faults.length === 0).map(({ name }) => name));
    const [all, own, remarks, unfinished] = await Promise.all([
      readSites(kind, cluster, names),
      kind.ownNames(cluster),
      readRemarks(deps.db, instanceId, kind.what),
      kind.unfinished?.(cluster),
    ]);
    const sites = chosenSites(all, brokers);
    const asFile = brokers === undefined;
    return checks.keep({
      instanceId,
      madeBy: user.username,
      file,
      brokers: sites.map(({ brokerName }) => brokerName),
      placement: file.columns.includes("BrokerName") ? (asFile ? "file" : "chosen") : null,
      rows: await planRows(kind, file.rows, {
        chosen: sites,
        all,
        asFile,
        own,
        limits: deps.config,
        remarks,
        isLeft: unfinished?.isLeft,
      }),
      failures: [
        ...all
          .filter((site) => sites.includes(site) || isGone(site))
          .flatMap(({ brokerName, error }) => (error === undefined ? [] : [failureOf(brokerName, error)])),
        ...failuresOf(unfinished?.failures ?? []),
      ],
    });
  }

  return {
    template: () => template(kind),
    async check(place: Place, user: Person, file: File) {
      const { name, encoding, text } = await readTextFile(file);
      return presentCheck(await check(place, user, { name, encoding, ...(await readRows(kind, text)) }));
    },
    recheck: async (place: Place & CheckRef, user: Person) =>
      presentCheck(await check(place, user, found(place, user).file)),
    get: (ref: CheckRef, user: Person) => presentCheck(found(ref, user)),
    rows(input: RowsInput, user: Person) {
      const { rows, at } = found(input, user);
      const isSought = containing(input.search);
      const chosen = rows.filter(
        ({ state, name }) => (input.state === undefined || state === input.state) && isSought(name),
      );
      return { items: onPage(chosen, input), total: chosen.length, failures: [], at };
    },
    async start(ref: CheckRef, user: Person) {
      const { instanceId } = ref;
      const started = found(ref, user);
      return { jobId: await startOnce(started, () => deps.jobs.start(job, started, { instanceId, user })) };
    },
  };
}

interface RowsInput extends CheckRef {
  search?: string;
  state?: string;
  page: number;
  pageSize: number;
}

export function topicImportHandlers(deps: Deps) {
  const topics = imports(deps, topicKind);
  return {
    template: api.topicImport.template.handler(() => topics.template()),
    check: api.topicImport.check.handler(({ input: { file, ...place }, context }) =>
      topics.check(place, context.user, file),
    ),
    recheck: api.topicImport.recheck.handler(({ input, context }) => topics.recheck(input, context.user)),
    get: api.topicImport.get.handler(({ input, context }) => topics.get(input, context.user)),
    rows: api.topicImport.rows.handler(({ input, context }) => topics.rows(input, context.user)),
    start: api.topicImport.start.handler(({ input, context }) => topics.start(input, context.user)),
  };
}

export function groupImportHandlers(deps: Deps) {
  const groups = imports(deps, groupKind);
  return {
    template: api.groupImport.template.handler(() => groups.template()),
    check: api.groupImport.check.handler(({ input: { file, ...place }, context }) =>
      groups.check(place, context.user, file),
    ),
    recheck: api.groupImport.recheck.handler(({ input, context }) => groups.recheck(input, context.user)),
    get: api.groupImport.get.handler(({ input, context }) => groups.get(input, context.user)),
    rows: api.groupImport.rows.handler(({ input, context }) => groups.rows(input, context.user)),
    start: api.groupImport.start.handler(({ input, context }) => groups.start(input, context.user)),
  };
}
