import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../testing/test-store.ts";
import { queryAll, Recording } from "./series.ts";
import { SeriesStore } from "./series-store.ts";

let db: Store;
let store: SeriesStore;
const T0 = 1_800_000_000_000;
const TICK = 10_000;
const SLOT = 60_000;

beforeEach(async () => {
  db = await openTestStore();
  store = new SeriesStore({ db, sampleMs: TICK, keepMs: 3_600_000 });
});
afterEach(() => db.destroy());

async function record(write: (recording: Recording) => void, { instanceId = "i", now = T0 } = {}): Promise<void> {
  const recording = new Recording();
  write(recording);
  await store.record(instanceId, recording, now);
}
const lagOf = (from: number, to: number, instanceId = "i", step?: number) =>
  store.query({ instanceId, metric: "consumer_lag_messages", from, to, step });
const tpsOf = async (topic: string, query: { from: number; to: number; step?: number }) =>
  (await store.query({ instanceId: "i", metric: "producer_tps", match: { topic }, ...query })).series[0]?.values;

test("samples come back at their times, and where there is none there is a gap", async () => {
  await record((r) => {
    r.addSum("broker_tps", T0, 1);
    r.addSum("broker_tps", T0 + 2 * TICK, 3);
  });
  const span = { instanceId: "i", from: T0, to: T0 + 3 * TICK };
  const metrics = [{ metric: "broker_tps", sum: true }, { metric: "consumer_lag_messages" }] as const;
  expect(await queryAll(store, span, metrics)).toEqual({
    from: T0,
    step: TICK,
    more: false,
    series: [
      { metric: "broker_tps", labels: {}, values: [1, null, 3, null] },
      { metric: "consumer_lag_messages", labels: {}, values: [null, null, null, null] },
    ],
  });
});

test("a longer step gives means, at the same moments whenever it is asked", async () => {
  await record((r) => {
    for (let n = 0; n < 12; n++) r.addSum("consumer_lag_messages", T0 + n * TICK, n);
  });
  for (const from of [T0, T0 + 59_999]) {
    expect(await lagOf(from, T0 + 119_000, "i", SLOT)).toMatchObject({ from: T0, series: [{ values: [2.5, 8.5] }] });
  }
});

test("a long range is thinned out to a bounded number of points", async () => {
  const { series } = await lagOf(T0, T0 + 86_400_000, "i", 1000);
  expect(series[0]?.values.length).toBeLessThanOrEqual(2001);
});

test("series are found by their labels, the sum is none of them, and names may hold anything", async () => {
  const odd = `a"b' c`;
  await record((r) => {
    r.add("broker_qps", { broker: "b", brokerId: "0" }, T0, 1);
    r.add("broker_qps", { broker: "b", brokerId: "1" }, T0, 2);
    r.add("broker_qps", { broker: odd, brokerId: "0" }, T0, 4);
    r.addSum("broker_qps", T0, 7);
  });
  const query = { instanceId: "i", metric: "broker_qps", from: T0, to: T0 } as const;
  const told = async (match?: object) =>
    (await store.query({ ...query, match })).series.map(({ labels, values }) => [labels, values[0]]);
  expect(await told()).toEqual([
    [{ broker: odd, brokerId: "0" }, 4],
    [{ broker: "b", brokerId: "0" }, 1],
    [{ broker: "b", brokerId: "1" }, 2],
  ]);
  expect(await told({ broker: "b", brokerId: "1" })).toEqual([[{ broker: "b", brokerId: "1" }, 2]]);
  expect(await told({ brokerId: "0" })).toHaveLength(2);
  expect(await told({ broker: "nobody", brokerId: "0" })).toEqual([[{ broker: "nobody", brokerId: "0" }, null]]);
  expect(await told({ broker: "nobody" })).toEqual([]);
  expect((await store.query({ ...query, sum: true })).series).toEqual([
    { metric: "broker_qps", labels: {}, values: [7] },
  ]);
});

test("of more series than fit one answer so many are told, and that there are more", async () => {
  await record((r) => {
    for (let n = 0; n < 40; n++) r.add("broker_qps", { broker: `b${n}`, brokerId: "0" }, T0, n);
  });
  const query = { instanceId: "i", metric: "broker_qps", from: T0 - 1999 * TICK, to: T0 } as const;
  const { series, more } = await store.query(query);
  expect(series).toHaveLength(32);
  expect(more).toBe(true);
  expect((await store.query({ ...query, from: T0 })).series).toHaveLength(40);
});

test("samples that are too old are forgotten with the next tick, and with them that their slots were whole", async () => {
  await record((r) => r.addSlots("producer_tps", new Map([["orders", 1]]), [T0]));
  const later = T0 + 3_700_000;
  await record((r) => r.addSum("broker_tps", later, 2), { now: later });
  expect((await db.selectFrom("sample").selectAll().execute()).map(({ value }) => value)).toEqual([2]);
  for (const topic of ["orders", "idle"]) expect(await tpsOf(topic, { from: T0, to: T0, step: SLOT })).toEqual([null]);
});

test("instances do not see each other's curves, and one can be forgotten", async () => {
  const of = async (instanceId: string) => (await lagOf(T0, T0, instanceId)).series[0]?.values;
  await record((r) => r.addSum("consumer_lag_messages", T0, 1), { instanceId: "a" });
  await record((r) => r.addSum("consumer_lag_messages", T0, 2), { instanceId: "b" });
  expect(await of("a")).toEqual([1]);
  await store.forget("a");
  expect(await of("a")).toEqual([null]);
  expect(await of("b")).toEqual([2]);
  await record((r) => r.addSum("consumer_lag_messages", T0, 3), { instanceId: "a" });
  expect(await of("a")).toEqual([3]);
});

test("where every name was read a missing sample was 0, and elsewhere it is a gap", async () => {
  const values = [new Map<string, number>(), new Map([["orders", 6]]), new Map<string, number>()];
  await record((r) => {
    for (const [n, slot] of values.entries()) r.addSlots("producer_tps", slot, [T0 + n * SLOT]);
    r.addSlots("producer_tps", new Map(), [T0 + 4 * SLOT]);
  });
  const span = { from: T0, to: T0 + 6 * SLOT - 1 };
  expect(await tpsOf("orders", { ...span, step: SLOT })).toEqual([0, 6, 0, null, 0, null]);
  expect(await tpsOf("orders", { ...span, step: 3 * SLOT })).toEqual([2, 0]);
  expect(await tpsOf("idle", { ...span, step: 3 * SLOT })).toEqual([0, 0]);
});

test("a name that is not known in a slot is neither at 0 there nor part of a mean", async () => {
  await record((r) => {
    r.addSlots("consumer_tps", new Map([["new", null]]), [T0]);
    r.addSlots("consumer_tps", new Map([["new", 4]]), [T0 + SLOT]);
    r.addSlots("consumer_tps", new Map(), [T0 + 2 * SLOT]);
  });
  const of = async (group: string, step: number) => {
    const span = { from: T0, to: T0 + 3 * SLOT - 1, step };
    return (await store.query({ instanceId: "i", metric: "consumer_tps", match: { group }, ...span })).series[0]
      ?.values;
  };
  expect(await of("new", SLOT)).toEqual([null, 4, 0]);
  expect(await of("new", 3 * SLOT)).toEqual([2]);
  expect(await of("other", SLOT)).toEqual([0, 0, 0]);
});

test("of more names than are kept the largest are, and the others are not said to be at 0", async () => {
  const values = new Map(Array.from({ length: 300 }, (_, n): [string, number] => [`t${n}`, n]));
  await record((r) => {
    r.addSlots("producer_tps", values, [T0]);
    r.addSlots("producer_tps", new Map([["t299", 1]]), [T0 + SLOT]);
  });
  const span = { from: T0, to: T0 + 2 * SLOT - 1 };
  expect(await tpsOf("t299", { ...span, step: SLOT })).toEqual([299, 1]);
  expect(await tpsOf("t49", { ...span, step: SLOT })).toEqual([null, 0]);
  // The slot that is whole does not make up for a sample of the one that is not.
  expect(await tpsOf("t299", { ...span, step: 2 * SLOT })).toEqual([150]);
  expect(await tpsOf("t298", { ...span, step: 2 * SLOT })).toEqual([149]);
});

test("those names of a page that are kept and those that are not are told by one question, and no other", async () => {
  await record((r) => {
    r.addSlots("producer_tps", new Map([...["orders", "payments", "other"].entries()].map(([n, t]) => [t, n + 1])), [
      T0,
    ]);
  });
  const names = ["payments", "idle", "orders"];
  const query = {
    instanceId: "i",
    metric: "producer_tps",
    names,
    from: T0,
    to: T0 + 2 * SLOT - 1,
    step: SLOT,
  } as const;
  expect((await store.query(query)).series.map(({ labels, values }) => [labels, values])).toEqual([
    [{ topic: "orders" }, [1, null]],
    [{ topic: "payments" }, [2, null]],
    [{ topic: "idle" }, [0, null]],
  ]);
});

test("where a name was watched its samples are told, and elsewhere in a slot the mean of the slot", async () => {
  await record((r) => {
    r.addSlots("producer_tps", new Map([["orders", 6]]), [T0, T0 + SLOT]);
    r.add("producer_tps", { topic: "orders" }, T0 + TICK, 10);
    r.add("producer_tps", { topic: "orders" }, T0 + 2 * TICK, 11);
  });
  const span = { from: T0, to: T0 + SLOT };
  expect(await tpsOf("orders", span)).toEqual([6, 10, 11, 6, 6, 6, 6]);
  expect(await tpsOf("orders", { ...span, step: SLOT })).toEqual([6, 6]);
});

test("series that have no samples any more are forgotten by name too, and may come back", async () => {
  const of = (topic: string, t: number) => record((r) => r.add("producer_tps", { topic }, t, 1), { now: t });
  await of("gone", T0);
  const later = T0 + 3_700_000;
  await of("here", later);
  const names = async () => (await db.selectFrom("series").select("topic").execute()).map(({ topic }) => topic);
  expect(await names()).toEqual(["here"]);
  await of("gone", later);
  expect(await names()).toEqual(["here", "gone"]);
});
