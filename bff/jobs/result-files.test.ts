import { appendFile, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobRow } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { faultsOf } from "../testing/store-faults.ts";
import { numbers, openTestJobs, patience, type TestJobs } from "../testing/test-jobs.ts";
import type { JobContext } from "./job.ts";
import type { JobRunner } from "./job-runner.ts";
import { closeLeftJobs, listJobRows } from "./job-store.ts";
import { ResultFiles } from "./result-files.ts";

let dataDir: string;
let db: Store;
let jobs: JobRunner;
let runner: TestJobs["runner"];
let start: TestJobs["start"];
let ended: TestJobs["ended"];
let close: TestJobs["close"];
beforeEach(async () => {
  ({ dataDir, db, jobs, runner, start, ended, close } = await openTestJobs());
});
afterEach(() => close());

const everyRow = async (id: string) => {
  const all: JobRow[] = [];
  for await (const row of jobs.results(id)) all.push(row);
  return all.toSorted((a, b) => a.n - b.n).map(({ n, state }) => [n, state]);
};
const fileOf = (id: string) => join(dataDir, "results", `${id}.jsonl`);
const allOk = (ctx: JobContext, most: number) => {
  for (const n of numbers(most)) ctx.record(n, `row ${n}`, { state: "ok" });
};

test("what is more than the store keeps is in a file, failed rows stay, and the counts are of all", async () => {
  const { id } = await start(async (ctx) => {
    ctx.total(300);
    await ctx.each(numbers(300), 20, async (n) => {
      await ctx.begin(n, `row ${n}`);
      ctx.settle(n, { state: n % 10 === 0 ? "failed" : "ok" });
    });
  });
  const job = await ended(id);
  expect(job).toMatchObject({ state: "partial", done: 300, ok: 270, failed: 30, filed: 170 });
  expect(job.dropped).toBeUndefined();
  const stored = (state: JobRow["state"]) => listJobRows(db, { jobId: id, states: [state], page: 1, pageSize: 1 });
  expect((await stored("ok")).total).toBe(100);
  expect((await stored("failed")).total).toBe(30);
  expect((await stored("running")).total).toBe(0);
  expect(await everyRow(id)).toEqual(numbers(300).map((n) => [n, n % 10 === 0 ? "failed" : "ok"]));
});

test("a full file of results is told, and nothing but what did not fit is missing", async () => {
  const { id } = await start(async (ctx) => {
    for (const n of numbers(400)) {
      await ctx.begin(n, "k".repeat(8000));
      ctx.settle(n, { state: "ok" });
    }
  });
  const job = await ended(id);
  expect(job).toMatchObject({ state: "succeeded", done: 400, ok: 400 });
  expect(job.filed).toBeGreaterThan(100);
  expect(job.dropped).toBe(300 - (job.filed ?? 0));
  expect(await everyRow(id)).toHaveLength(100 + (job.filed ?? 0));
});

test("after a kill what was under way is unknown, and what the file held is counted and given, once", async () => {
  const { id } = await start(async (ctx) => {
    for (const n of numbers(150)) ctx.record(n, `row ${n}`, { state: n > 140 ? "skipped" : "ok" });
    await ctx.begin(151, "under way");
    await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
  });
  await vi.waitUntil(async () => (await jobs.get(id)).filed === 50, patience);
  // Killed between the file and the store, and in the midst of a line.
  await appendFile(fileOf(id), `${JSON.stringify({ n: 151, key: "under way", state: "ok", at: 1 })}\n{"n":15`);
  expect(await closeLeftJobs(db, 1, () => true)).toBe(1);
  const stored = await db.selectFrom("job").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  expect(stored).toMatchObject({ state: "interrupted", done: 151, ok: 140, skipped: 10 });
  expect(await everyRow(id)).toEqual(numbers(151).map((n) => [n, n === 151 ? "unknown" : n > 140 ? "skipped" : "ok"]));
});

test("an outcome that the file took and the store did not is written once", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { id } = await start(async (ctx) => {
    allOk(ctx, 150);
    await gate;
    for (const n of [151, 152, 153]) ctx.record(n, `row ${n}`, { state: "ok" });
  });
  await vi.waitUntil(async () => (await jobs.get(id)).filed === 50, patience);
  const { size } = await stat(fileOf(id));
  const mend = await faultsOf(db).makeReadOnly(db);
  go();
  await vi.waitUntil(async () => (await stat(fileOf(id))).size > size, patience);
  await vi.waitUntil(async () => (await jobs.get(id)).storeError, patience);
  await mend();
  await vi.waitUntil(async () => (await jobs.get(id)).storeError === undefined, patience);
  expect(await jobs.get(id)).toMatchObject({ state: "succeeded", done: 153, filed: 53 });
  expect(await everyRow(id)).toEqual(numbers(153).map((n) => [n, "ok"]));
});

test("where the file of results cannot be written, the job says how many outcomes are kept nowhere, and why", async () => {
  await writeFile(join(dataDir, "results"), "in the way");
  const { id } = await start(async (ctx) => allOk(ctx, 150));
  expect(await ended(id)).toMatchObject({ state: "succeeded", done: 150, ok: 150, dropped: 50, fileFault: "EEXIST" });
  expect(await everyRow(id)).toHaveLength(100);
  const other = await runner();
  expect(await other.get(id)).toMatchObject({ state: "succeeded", dropped: 50, fileFault: "EEXIST" });
  await other.stop();
});

test.each([
  { what: "is not there", harm: (file: string) => rm(file) },
  { what: "lacks its end", harm: (file: string) => truncate(file, 100) },
  { what: "is damaged", harm: (file: string) => stat(file).then(({ size }) => writeFile(file, Buffer.alloc(size))) },
])("a file of results that $what is told, and no part of them is given for the whole", async ({ harm }) => {
  const { id } = await start(async (ctx) => allOk(ctx, 150));
  expect((await ended(id)).filed).toBe(50);
  expect(await everyRow(id)).toHaveLength(150);
  await harm(fileOf(id));
  await expect(everyRow(id)).rejects.toMatchObject({ code: "RESULTS_MISSING" });
});

test("a part of zeros is told as soon as it is longer than any row, however much of it there is", async () => {
  const bytes = 2 ** 31;
  const files = new ResultFiles(dataDir, bytes, pino({ level: "silent" }));
  const row: JobRow = { n: 1, key: "row 1", state: "ok", at: 1 };
  expect((await files.append("damaged", 0, [row])).fit).toBe(1);
  await truncate(join(dataDir, "damaged.jsonl"), bytes);
  const rows = files.read("damaged", bytes);
  expect((await rows.next()).value).toEqual(row);
  await expect(rows.next()).rejects.toMatchObject({ code: "RESULTS_MISSING" });
});

test("rows longer than a part of the file are read whole, and one that is too long for a line is not filed", async () => {
  const files = new ResultFiles(dataDir, 2 ** 31, pino({ level: "silent" }));
  const rows = numbers(4).map((n): JobRow => ({ n, key: "消息".repeat(100_000 + n), state: "ok", at: n }));
  const tooLong: JobRow = { n: 5, key: "k".repeat(2 ** 20), state: "ok", at: 5 };
  const { fit, bytes } = await files.append("long", 0, [...rows, tooLong]);
  expect(fit).toBe(4);
  const read: JobRow[] = [];
  for await (const row of files.read("long", bytes)) read.push(row);
  expect(read).toEqual(rows);
});

test("reading of results ends when whoever wants them leaves, among the rows of the file too", async () => {
  const { id } = await start(async (ctx) => allOk(ctx, 300));
  await ended(id);
  for (const most of [50, 200]) {
    const leaving = new AbortController();
    let read = 0;
    const reading = async () => {
      for await (const { state } of jobs.results(id, leaving.signal)) {
        expect(state).toBe("ok");
        if (++read === most) leaving.abort(new Error("left"));
      }
    };
    await expect(reading()).rejects.toThrow("left");
    expect(read).toBe(most);
  }
});

test("the file of results is its owner's alone, and goes with its job", async () => {
  const { id } = await start(async (ctx) => allOk(ctx, 150));
  await ended(id);
  await vi.waitUntil(
    async () => (await db.selectFrom("job").select("finishedAt").executeTakeFirst())?.finishedAt,
    patience,
  );
  const modes = await Promise.all([stat(fileOf(id)), stat(join(dataDir, "results"))]);
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o700]);
  await writeFile(join(dataDir, "results", "of-somebody-else.txt"), "");
  await db.updateTable("job").set({ finishedAt: 1 }).execute();
  await start(() => Promise.resolve());
  expect(await readdir(join(dataDir, "results"))).toEqual(["of-somebody-else.txt"]);
});
