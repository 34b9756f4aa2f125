import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../testing/test-store.ts";
import { History } from "./history.ts";

let db: Store;
let history: History;
const T0 = 1_800_000_000_000;
const sample = (key: string, t: number, value: number, instanceId = "i") => ({ instanceId, key, t, value });

beforeEach(async () => {
  db = await openTestStore();
  history = new History({ db, sampleMs: 10_000, keepMs: 3_600_000 });
});
afterEach(() => db.destroy());

test("samples come back at their times, and where there is none there is a gap", async () => {
  await history.record([sample("produceTps", T0, 1), sample("produceTps", T0 + 20_000, 3)], T0);
  const result = await history.series({ instanceId: "i", keys: ["produceTps", "lag"], from: T0, to: T0 + 30_000 });
  expect(result).toEqual({
    from: T0,
    step: 10_000,
    series: { produceTps: [1, null, 3, null], lag: [null, null, null, null] },
  });
});

test("a longer step gives means, at the same moments whenever it is asked", async () => {
  const samples = Array.from({ length: 12 }, (_, i) => sample("lag", T0 + i * 10_000, i));
  await history.record(samples, T0);
  const query = { instanceId: "i", keys: ["lag"], to: T0 + 119_000, step: 60_000 };
  expect(await history.series({ ...query, from: T0 })).toMatchObject({ from: T0, series: { lag: [2.5, 8.5] } });
  expect(await history.series({ ...query, from: T0 + 59_999 })).toMatchObject({
    from: T0,
    series: { lag: [2.5, 8.5] },
  });
});

test("a long range is thinned out to a bounded number of points", async () => {
  const result = await history.series({ instanceId: "i", keys: ["lag"], from: T0, to: T0 + 86_400_000, step: 1000 });
  expect(result.series["lag"]?.length).toBeLessThanOrEqual(2001);
});

test("samples that are too old are forgotten with the next tick", async () => {
  await history.record([sample("lag", T0, 1)], T0);
  await history.record([sample("lag", T0 + 3_700_000, 2)], T0 + 3_700_000);
  const rows = await db.selectFrom("sample").selectAll().execute();
  expect(rows.map((row) => row.value)).toEqual([2]);
});

test("instances do not see each other's curves, and one can be forgotten", async () => {
  await history.record([sample("lag", T0, 1, "a"), sample("lag", T0, 2, "b")], T0);
  const of = async (instanceId: string) =>
    (await history.series({ instanceId, keys: ["lag"], from: T0, to: T0 })).series["lag"];
  expect(await of("a")).toEqual([1]);
  await history.forget("a");
  expect(await of("a")).toEqual([null]);
  expect(await of("b")).toEqual([2]);
  await history.record([sample("lag", T0, 3, "a")], T0);
  expect(await of("a")).toEqual([3]);
});

test("where all other curves were known a missing sample was 0, and elsewhere it is a gap", async () => {
  const known = [0, 1, 2, 4].map((n) => sample("whole", T0 + n * 10_000, 1));
  await history.record([...known, sample("orders", T0 + 10_000, 6)], T0);
  const query = { instanceId: "i", keys: ["orders"], from: T0, to: T0 + 59_000 };
  const of = async (step: number) => (await history.series({ ...query, step }, () => "whole")).series["orders"];
  expect(await of(10_000)).toEqual([0, 6, 0, null, 0, null]);
  expect(await of(30_000)).toEqual([2, 0]);
});

test("curves that have no samples any more are forgotten by name too, and may come back", async () => {
  await history.record([sample("gone", T0, 1), sample("here", T0, 1)], T0);
  const later = T0 + 3_700_000;
  await history.record([sample("here", later, 2)], later);
  const names = async () => (await db.selectFrom("series").select("key").execute()).map(({ key }) => key);
  expect(await names()).toEqual(["here"]);
  await history.record([sample("gone", later, 3)], later);
  expect(await names()).toEqual(["here", "gone"]);
});
