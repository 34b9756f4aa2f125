import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job, JobEvent, JobRow } from "#contract/job.ts";
import { JobWatchers } from "./job-watchers.ts";
import { ROWS_AN_EVENT } from "./watch-stored.ts";

const PEOPLE = 300;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function newJob(): Job {
  const counts = { total: null, done: 0, ok: 0, failed: 0, skipped: 0, summary: null, error: null };
  const times = { createdAt: 0, startedAt: 0, finishedAt: null };
  return {
    id: "j",
    kind: "k",
    params: {},
    instanceId: null,
    state: "running",
    startedBy: "admin",
    ...counts,
    ...times,
  };
}

const settled = (n: number): JobRow => ({ n, key: `row ${n}`, state: "ok", at: 0 });

function watched(stored = 0) {
  const job = newJob();
  const rows = Array.from({ length: stored }, (_, i) => settled(i + 1));
  const rowsAfter = vi.fn((after: number) => Promise.resolve(rows.slice(after, after + ROWS_AN_EVENT)));
  return { job, rowsAfter, watchers: new JobWatchers({ job, rowsAfter }) };
}

/** Reads as fast as it is told. */
function reader(
  watchers: JobWatchers,
  signal = new AbortController().signal,
): { events: JobEvent[]; over: Promise<void> } {
  const events: JobEvent[] = [];
  const read = async (): Promise<void> => {
    for await (const event of watchers.watch(0, signal)) events.push(event);
  };
  return { events, over: read() };
}

test("300 watchers of a job of 10,000 rows a second are sent a bounded number, are told that there are more, and miss none", async () => {
  const { job, watchers } = watched();
  const people = Array.from({ length: PEOPLE }, () => reader(watchers));
  await vi.advanceTimersByTimeAsync(0);
  for (let n = 1; n <= 10_000; n++) {
    watchers.rowChanged({ ...settled(n), state: "running" });
    watchers.rowChanged(settled(n));
    if (n % 10 === 0) await vi.advanceTimersByTimeAsync(1);
  }
  const [one] = people;
  const rowsOf = (events: readonly JobEvent[] = []) => events.flatMap(({ rows }) => rows);
  const inOneSecond = rowsOf(one?.events).length;
  expect(inOneSecond).toBeGreaterThan(0);
  expect(inOneSecond * PEOPLE).toBeLessThanOrEqual(2 * 150_000);
  expect(one?.events.length).toBeLessThanOrEqual(4);
  expect(one?.events.at(-1)?.more).toBe(true);
  job.state = "succeeded";
  watchers.close();
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(people.map(({ over }) => over));
  const last = one?.events.at(-1);
  expect(last).toMatchObject({ job: { state: "succeeded" }, more: false });
  expect(one?.events.slice(1, -1).every(({ more }) => more)).toBe(true);
  expect(new Map(rowsOf(one?.events).map((row) => [row.n, row.state])).size).toBe(10_000);
  for (const { events } of people) expect(events.at(-1)).toBe(last);
});

test("a row that changes while it waits is told once, as it is then", async () => {
  const { watchers } = watched();
  const { events } = reader(watchers);
  await vi.advanceTimersByTimeAsync(1000);
  watchers.rowChanged({ ...settled(1), state: "running" });
  watchers.rowChanged({ ...settled(2), state: "running" });
  watchers.rowChanged(settled(1));
  await vi.advanceTimersByTimeAsync(1000);
  expect(events.slice(1).map(({ rows }) => rows.map(({ n, state }) => `${n} ${state}`))).toEqual([
    ["1 ok", "2 running"],
  ]);
});

test("what is stored is read once for 300 who begin to watch, and anew after the others were told something", async () => {
  const { rowsAfter, watchers } = watched(ROWS_AN_EVENT + 1);
  const people = Array.from({ length: PEOPLE }, () => reader(watchers));
  await vi.advanceTimersByTimeAsync(0);
  expect(rowsAfter.mock.calls).toEqual([[0], [ROWS_AN_EVENT]]);
  for (const { events } of people) {
    expect(events.map(({ rows, more }) => [rows.length, more])).toEqual([
      [ROWS_AN_EVENT, true],
      [1, false],
    ]);
  }
  watchers.rowChanged(settled(1));
  await vi.advanceTimersByTimeAsync(1000);
  reader(watchers);
  await vi.advanceTimersByTimeAsync(0);
  expect(rowsAfter).toHaveBeenCalledTimes(4);
});

test("a read of what is stored that fails ends those who waited for it, and is tried again for the next", async () => {
  const { rowsAfter, watchers } = watched(1);
  rowsAfter.mockRejectedValueOnce(new Error("disk"));
  await expect(reader(watchers).over).rejects.toThrow("disk");
  const { events } = reader(watchers);
  await vi.advanceTimersByTimeAsync(0);
  expect(events).toMatchObject([{ rows: [{ n: 1 }] }]);
});

test("once nobody watches any more, what waited is left to the store", async () => {
  const { watchers } = watched();
  const leaving = new AbortController();
  const { over } = reader(watchers, leaving.signal);
  await vi.advanceTimersByTimeAsync(0);
  watchers.rowChanged(settled(1));
  leaving.abort();
  await over;
  const { events } = reader(watchers);
  await vi.advanceTimersByTimeAsync(1000);
  expect(events).toMatchObject([{ rows: [], more: false }]);
});

test("hundreds are told over many turns of the event loop, in which others are answered", async () => {
  const { watchers } = watched();
  let turn = 0;
  const told = new Map<number, number>();
  const read = async (): Promise<void> => {
    const events = watchers.watch(0, AbortSignal.timeout(60_000));
    await events.next();
    await events.next();
    told.set(turn, (told.get(turn) ?? 0) + 1);
  };
  const all = Promise.all(Array.from({ length: PEOPLE }, read));
  await vi.advanceTimersByTimeAsync(0);
  watchers.rowChanged(settled(1));
  const count = () => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  vi.advanceTimersByTime(1000);
  await all;
  clearImmediate(counting);
  expect(Math.max(...told.values())).toBeLessThanOrEqual(20);
});

test("what is kept of reads for others is bounded where nothing changes, whatever rows they begin at", async () => {
  const { rowsAfter, watchers } = watched(1000);
  const leaving = new AbortController();
  for (const [after, reads] of [...Array.from({ length: 101 }, (_, n) => [n, n + 1]), [100, 101], [0, 102]]) {
    const begun = watchers.watch(after ?? 0, leaving.signal);
    await begun.next();
    expect(rowsAfter).toHaveBeenCalledTimes(reads ?? 0);
  }
  leaving.abort();
});

test("who cannot follow a fast job begins anew, and no more rows are kept for them than there is room for", async () => {
  const { watchers } = watched();
  const rows = reader(watchers);
  const figures = watchers.watch(undefined, new AbortController().signal);
  expect((await figures.next()).value).toMatchObject({ rows: [], more: false });
  await vi.advanceTimersByTimeAsync(0);
  for (let n = 1; n <= 25_000; n++) watchers.rowChanged(settled(n));
  await rows.over;
  expect(rows.events.flatMap((event) => event.rows).length).toBeLessThan(20_000);
  const next = figures.next();
  await vi.advanceTimersByTimeAsync(1000);
  expect((await next).value).toMatchObject({ rows: [] });
});
