import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import pLimit from "p-limit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobEvent } from "#contract/job.ts";
import type { Store } from "../store/store.ts";
import { faultsOf } from "../testing/store-faults.ts";
import { numbers, openTestJobs, patience, type TestJobs } from "../testing/test-jobs.ts";
import { onPostgres } from "../testing/test-store.ts";
import type { JobContext } from "./job.ts";
import type { JobRunner } from "./job-runner.ts";
import { closeLeftJob, closeLeftJobs, listJobRows, renewLeases } from "./job-store.ts";

const BUG = new TypeError("a bug");

let db: Store;
let jobs: JobRunner;
let runner: TestJobs["runner"];
let start: TestJobs["start"];
let ended: TestJobs["ended"];
let close: TestJobs["close"];
beforeEach(async () => {
  ({ db, jobs, runner, start, ended, close } = await openTestJobs());
});
afterEach(() => close());

async function statesOf(jobId: string): Promise<Record<number, string>> {
  const { items } = await listJobRows(db, { jobId, page: 1, pageSize: 100 });
  return Object.fromEntries(items.map(({ n, state }) => [n, state]));
}

/** Row 2 meets a bug while 1, 3 and 4 are under way. */
async function row(ctx: JobContext, n: number): Promise<void> {
  await ctx.begin(n, `row ${n}`);
  if (n === 2) throw BUG;
  await pause(30);
  ctx.settle(n, { state: "ok" });
}

test("a job that has failed begins nothing more, and what was under way is told as it went", async () => {
  const { id } = await start((ctx) => {
    ctx.total(20);
    return ctx.each(numbers(20), 4, (n) => row(ctx, n));
  });
  expect(await ended(id)).toMatchObject({ state: "failed", done: 4, ok: 3, error: { code: "INTERNAL_SERVER_ERROR" } });
  expect(await statesOf(id)).toEqual({ 1: "ok", 2: "unknown", 3: "ok", 4: "ok" });
  await pause(100);
  expect(await statesOf(id)).toEqual({ 1: "ok", 2: "unknown", 3: "ok", 4: "ok" });
});

test("a job that leaves work behind as it fails is not over before that is settled, and begins nothing more", async () => {
  const { id } = await start(async (ctx) => {
    ctx.total(20);
    await pLimit(4).map(numbers(20), (n) => row(ctx, n));
  });
  const job = await ended(id);
  const states = await statesOf(id);
  // One more may begin while the failure is on its way.
  expect(job.done).toBeLessThanOrEqual(5);
  expect(states).toEqual(Object.fromEntries(numbers(job.done).map((n) => [n, n === 2 ? "unknown" : "ok"])));
  expect(job).toMatchObject({ state: "failed", ok: job.done - 1 });
  await pause(100);
  expect(await statesOf(id)).toEqual(states);
});

test("a job that throws after some rows has them all stored", async () => {
  const { id } = await start(async (ctx) => {
    ctx.total(50);
    for (const n of numbers(40)) ctx.record(n, `row ${n}`, { state: "ok" });
    throw BUG;
  });
  expect(await ended(id)).toMatchObject({ state: "failed", total: 50, done: 40, ok: 40 });
  expect((await listJobRows(db, { jobId: id, states: ["ok"], page: 1, pageSize: 1 })).total).toBe(40);
});

/** Rows that fill a page, so that a full disk is met. */
const filler = { data: { text: "x".repeat(3000) } };

test("a job whose end cannot be stored is kept, says why, and is stored once there is room", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { id } = await start(async (ctx) => {
    ctx.total(30);
    await gate;
    for (const n of numbers(30)) ctx.record(n, `row ${n}`, { state: "ok", ...filler });
  });
  const { fill, full } = faultsOf(db);
  const makeRoom = await fill(db);
  go();
  const told = await ended(id);
  expect(told).toMatchObject({ state: "succeeded", done: 30 });
  await vi.waitUntil(async () => (await jobs.get(id)).storeError, patience);
  expect(await jobs.get(id)).toMatchObject({ state: "succeeded", storeError: full });
  const { items } = await jobs.list({ page: 1, pageSize: 10 });
  expect(items).toMatchObject([{ id, state: "succeeded", done: 30, storeError: full }]);
  expect(await jobs.cancel(id, () => true)).toMatchObject({ state: "succeeded" });
  const events: JobEvent[] = [];
  for await (const event of jobs.watch(id, 0, AbortSignal.timeout(15_000))) {
    events.push(event);
    if (events.length === 1) await makeRoom();
  }
  expect(events.at(0)?.job.storeError).toBe(full);
  expect(events.at(-1)?.job.storeError).toBeUndefined();
  expect((await listJobRows(db, { jobId: id, states: ["ok"], page: 1, pageSize: 1 })).total).toBe(30);
  const stored = await db.selectFrom("job").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  expect(stored).toMatchObject({ state: "succeeded", done: 30 });
});

test("a job that waits for something ends empty where nothing came and partial where less came, and what fails has failed all the same", async () => {
  const waiting = (state: "ok" | "skipped" | "failed", waits: boolean, total?: number) =>
    jobs.start(
      {
        kind: "test.run",
        action: "message:consume",
        describe: () => ({}),
        waits,
        run: (ctx) => {
          if (total !== undefined) ctx.total(total);
          return Promise.resolve(ctx.record(1, "a", { state }));
        },
      },
      undefined,
      { user: { username: "u" } },
    );
  const stateOf = async (...asked: Parameters<typeof waiting>) => (await ended((await waiting(...asked)).id)).state;
  expect(await stateOf("skipped", true)).toBe("empty");
  expect(await stateOf("ok", true)).toBe("succeeded");
  expect(await stateOf("failed", true)).toBe("failed");
  expect(await stateOf("ok", true, 1)).toBe("succeeded");
  expect(await stateOf("ok", true, 2)).toBe("partial");
  expect(await stateOf("skipped", false)).toBe("succeeded");
});

test("a row that could not be noted is not asked for: it has failed, and the job says that the disk is full", async () => {
  const { fill, full: detail } = faultsOf(db);
  let makeRoom = (): Promise<void> => Promise.resolve();
  const asked: number[] = [];
  const { id } = await start(async (ctx) => {
    ctx.total(200);
    for (const n of numbers(200)) {
      await ctx.begin(n, "k".repeat(3000));
      asked.push(n);
      ctx.settle(n, { state: "ok" });
      if (n === 2) makeRoom = await fill(db);
    }
  });
  const job = await ended(id);
  expect(job).toMatchObject({ state: "failed", failed: 1, ok: asked.length, error: { code: "STORE_FAILED", detail } });
  await makeRoom();
  await vi.waitUntil(async () => (await jobs.get(id)).storeError === undefined, patience);
  expect((await statesOf(id))[asked.length + 1]).toBe("failed");
});

test("another console leaves a running job alone, follows it, and cannot cancel it", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { id } = await start(async (ctx) => {
    ctx.total(2);
    await ctx.begin(1, "a");
    await gate;
    ctx.settle(1, { state: "ok" });
    ctx.record(2, "b", { state: "ok" });
  });
  await vi.waitUntil(async () => (await statesOf(id))[1] === "running", patience);
  const other = await runner();
  expect(await other.get(id)).toMatchObject({ state: "running", finishedAt: null });
  await expect(other.cancel(id, () => true)).rejects.toMatchObject({ code: "JOB_ELSEWHERE" });
  const seen: string[] = [];
  for await (const { job, rows } of other.watch(id, 0, AbortSignal.timeout(15_000))) {
    seen.push(...rows.map(({ n, state }) => `${n} ${state}`));
    if (job.state === "running") go();
    else expect(job).toMatchObject({ state: "succeeded", ok: 2 });
  }
  expect(seen[0]).toBe("1 running");
  expect(seen).toContain("1 ok");
  expect(seen.at(-1)).toBe("2 ok");
  expect(await other.cancel(id, () => true)).toMatchObject({ state: "succeeded" });
  await other.stop();
});

const gone = spawnSync(process.execPath, ["-e", "0"]).pid;

test.each([
  { whose: "a process that is dead", owner: `${gone}/x/${hostname()}`, leaseLeftMs: 60_000, state: "interrupted" },
  {
    whose: "one that had this very id",
    owner: `${process.pid}/x/${hostname()}`,
    leaseLeftMs: 60_000,
    state: "interrupted",
  },
  { whose: "another machine that was lately heard of", owner: "1/x/elsewhere", leaseLeftMs: 30_000, state: "running" },
  { whose: "another machine that was not heard of", owner: "1/x/elsewhere", leaseLeftMs: -1, state: "interrupted" },
  { whose: "nobody that is known", owner: null, leaseLeftMs: 60_000, state: "interrupted" },
])("a job of $whose is $state when a console starts", async ({ owner, leaseLeftMs, state }) => {
  let go = (): void => undefined;
  const { id } = await start(async (ctx) => {
    await ctx.begin(1, "a");
    await new Promise<void>((resolve) => (go = resolve));
  });
  await vi.waitUntil(async () => (await statesOf(id))[1] === "running", patience);
  await db
    .updateTable("job")
    .set({ owner, leaseUntil: Date.now() + leaseLeftMs })
    .where("id", "=", id)
    .execute();
  const other = await runner();
  expect(await other.get(id)).toMatchObject({ state });
  expect((await statesOf(id))[1]).toBe(state === "running" ? "running" : "unknown");
  go();
  await other.stop();
});

test("two consoles that find the same job left close it once, and one that was heard of meanwhile not at all", async () => {
  const { id } = await start(async (ctx) => {
    await ctx.begin(1, "a");
    await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(BUG)));
  });
  await vi.waitUntil(async () => (await statesOf(id))[1] === "running", patience);
  const before = await db
    .selectFrom("job")
    .select(["id", "owner", "leaseUntil"])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  await renewLeases(db, [id], { owner: "", leaseUntil: Date.now() + 90_000 });
  expect(await closeLeftJob(db, before, 1)).toBe(false);
  expect(await Promise.all([closeLeftJobs(db, 1, () => true), closeLeftJobs(db, 2, () => true)])).toEqual(
    expect.arrayContaining([0, 1]),
  );
  expect((await statesOf(id))[1]).toBe("unknown");
});

test.runIf(onPostgres())(
  "a console whose clock is an hour ahead takes no job of another machine for left over",
  async () => {
    const { id } = await start(async (ctx) => {
      await ctx.begin(1, "a");
      await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(BUG)));
    });
    await vi.waitUntil(async () => (await statesOf(id))[1] === "running", patience);
    await db.updateTable("job").set({ owner: "1/x/elsewhere" }).where("id", "=", id).execute();
    const other = await runner(() => Date.now() + 3_600_000);
    expect(await other.get(id)).toMatchObject({ state: "running" });
    await other.stop();
  },
);

test("who watches the figures alone is sent no rows, and is told the end", async () => {
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const { id } = await start(async (ctx) => {
    for (const n of numbers(50)) ctx.record(n, `row ${n}`, { state: "ok" });
    await gate;
  });
  const other = await runner();
  const follow = async (by: JobRunner) => {
    const events: JobEvent[] = [];
    for await (const event of by.watch(id, undefined, AbortSignal.timeout(15_000))) {
      events.push(event);
      if (event.job.done === 50) go();
    }
    return events;
  };
  for (const events of await Promise.all([follow(jobs), follow(other)])) {
    expect(events.flatMap(({ rows }) => rows)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ job: { state: "succeeded", done: 50 }, more: false });
  }
  await other.stop();
});

test("a search for a name with an underscore finds that name alone", async () => {
  const { id } = await start(async (ctx) => {
    for (const [index, key] of ["a_b", "axb", "a%b", "a\\b"].entries()) ctx.record(index + 1, key, { state: "ok" });
  });
  await ended(id);
  const found = async (search: string) =>
    (await listJobRows(db, { jobId: id, search, page: 1, pageSize: 10 })).items.map(({ key }) => key);
  expect(await found("a_b")).toEqual(["a_b"]);
  expect(await found("%")).toEqual(["a%b"]);
  expect(await found("\\")).toEqual(["a\\b"]);
});

test("everybody who watches a job is given the same events, and who does not read has to begin anew", async () => {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  let count = (_: number): void => undefined;
  const { id } = await start((ctx) => {
    count = (n) => ctx.record(n, `row ${n}`, { state: "ok" });
    return over;
  });
  const reading = Array.from({ length: 3 }, () => jobs.watch(id, 0, AbortSignal.timeout(15_000)));
  for (const watch of reading) await watch.next();
  const [asleep, ...awake] = reading;
  count(1);
  const [one, two] = await Promise.all(awake.map((watch) => watch.next()));
  expect(one?.value).toMatchObject({ job: { done: 1 }, rows: [{ n: 1 }] });
  expect(two?.value).toBe(one?.value);
  const collected: JobEvent[] = [];
  const collecting = (async () => {
    for await (const event of awake[0] ?? []) collected.push(event);
  })();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  for (let n = 2; n <= 110; n++) {
    count(n);
    await vi.advanceTimersByTimeAsync(200);
  }
  vi.useRealTimers();
  expect(await asleep?.next()).toEqual({ done: true, value: undefined });
  end();
  await collecting;
  expect(collected.flatMap(({ rows }) => rows).map(({ n }) => n)).toEqual(numbers(109).map((n) => n + 1));
  expect(collected.at(-1)?.job.state).toBe("succeeded");
});
