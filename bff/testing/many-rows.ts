/** Runs a job of so many rows with somebody who watches it, and reads its results; says what came of it, and the most memory that it held on its way. */
import { join } from "node:path";
import { pino } from "pino";
import { createTelemetry } from "../base/telemetry.ts";
import { jobRowsCsv } from "../jobs/job-csv.ts";
import { createJobRunner } from "../jobs/job-runner.ts";
import { openStore } from "../store/store.ts";

const LANES = 1000;
const SAMPLE_ROWS = 5000;
const [dataDir = "", count = ""] = process.argv.slice(2);
const most = Number(count);

let peak = 0;
function sample(n: number): void {
  if (n % SAMPLE_ROWS !== 0) return;
  globalThis.gc?.();
  peak = Math.max(peak, process.memoryUsage().heapUsed);
}

function* numbers(): Generator<number> {
  for (let n = 1; n <= most; n++) yield n;
}

const db = await openStore(join(dataDir, "rocketdeck.db"));
const jobs = await createJobRunner({
  db,
  log: pino({ level: "silent" }),
  telemetry: createTelemetry(),
  now: Date.now,
  config: { maxJobs: 1, jobDays: 1, jobRows: 1000, jobFileMb: 500, exportFileMb: 1, dataDir },
});
const { id } = await jobs.start<undefined>(
  {
    kind: "test.manyRows",
    action: "topic:create",
    describe: () => ({}),
    async run(ctx) {
      ctx.total(most);
      await ctx.each(numbers(), LANES, async (n) => {
        await ctx.begin(n, `topic-with-a-name-${n}`);
        ctx.settle(n, { state: "ok", detail: String(n).padStart(1000), data: { queue: n % 8 } });
        sample(n);
      });
    },
  },
  undefined,
  { user: { username: "u" } },
);
const never = new AbortController().signal;
const reads = async (after?: number) => {
  let job = await jobs.get(id);
  for await (const event of jobs.watch(id, after, never)) job = event.job;
  return job;
};
const [job] = await Promise.all([reads(), reads(0)]);
let lines = 0;
for await (const text of await jobRowsCsv(() => jobs.results(id))) {
  lines += text.split("\n").length - 1;
  sample(lines - 1);
}
await jobs.stop();
await db.destroy();
const { state, ok, filed } = job;
process.stdout.write(`told ${JSON.stringify({ state, ok, filed, lines, peakMb: Math.round(peak / 1e6) })}\n`);
