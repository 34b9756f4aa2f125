import { afterEach, beforeEach, expect, test } from "vitest";
import { AuditLog } from "./audit.ts";
import { openStore, type Store } from "./store.ts";

let db: Store;
let now: number;
let log: AuditLog;

beforeEach(async () => {
  db = await openStore(":memory:");
  now = Date.UTC(2026, 0, 1);
  log = new AuditLog(db, () => now);
});
afterEach(() => db.destroy());

const page = { page: 1, pageSize: 200 };
const all = async () => (await log.list(page)).items;
const outcomes = async () => (await all()).map(({ outcome }) => outcome).toSorted();

test("an entry is there before what it tells of happens, and is ended once", async () => {
  const end = await log.begin({ who: "ada", userId: "u1", row: "topic.create", subject: { topic: "orders" } });
  expect(await all()).toMatchObject([{ outcome: "begun", ms: null, subject: { topic: "orders" }, targets: null }]);
  now += 120;
  await end({ outcome: "partial", targets: { of: 1, items: [{ target: "broker-a", outcome: "NO_PERMISSION" }] } });
  now += 5;
  await end({ outcome: "ok" });
  expect(await all()).toMatchObject([
    { who: "ada", outcome: "partial", ms: 120, targets: { of: 1, items: [{ target: "broker-a" }] } },
  ]);
});

test("strangers fill no disk: sixty of their entries a minute are kept, and the next tells how many were not", async () => {
  const fail = async () =>
    (await log.begin({ who: "x", row: "session.signIn" }, { stranger: true }))({ outcome: "no" });
  for (let n = 0; n < 100; n++) await fail();
  expect(await all()).toHaveLength(60);
  // One who gets in is kept whatever others fail, and so is everybody who is known.
  await (
    await log.begin({ who: "ada", row: "session.signIn" }, { stranger: true })
  )({ outcome: "ok" });
  await (
    await log.begin({ who: "bob", row: "topic.create" })
  )({ outcome: "ok" });
  expect((await outcomes()).filter((outcome) => outcome === "ok")).toHaveLength(2);
  expect((await all()).find(({ who }) => who === "ada")?.unrecorded).toBe(40);
  now += 60_000;
  await fail();
  expect(await all()).toHaveLength(63);
  expect((await all()).reduce((sum, { unrecorded }) => sum + unrecorded, 0)).toBe(40);
});

test("who is refused fills no disk: sixty refusals of one person a minute are kept, and the next entry tells how many were not", async () => {
  const refused = (userId: string) => log.refused({ who: userId, userId, row: "instance.test", outcome: "FORBIDDEN" });
  for (let n = 0; n < 100; n++) await refused("ada");
  expect(await all()).toHaveLength(60);
  await refused("bob");
  expect((await all()).find(({ who }) => who === "bob")?.unrecorded).toBe(40);
  now += 60_000;
  await refused("ada");
  expect(await all()).toHaveLength(62);
});

test("entries are found by who, what, where and when, newest first, a page at a time", async () => {
  for (const [n, who] of ["ada", "bob", "ada", "ada"].entries()) {
    now += 1000;
    const instanceId = n < 2 ? "one" : "two";
    await log.add({ who, row: "topic.create", action: "topic:create", instanceId, outcome: String(n) });
  }
  const found = async (filter: object) => (await log.list({ ...page, ...filter })).items.map(({ outcome }) => outcome);
  expect(await found({})).toEqual(["3", "2", "1", "0"]);
  expect(await found({ order: "asc" })).toEqual(["0", "1", "2", "3"]);
  expect(await found({ who: "ada", instanceId: "two" })).toEqual(["3", "2"]);
  expect(await found({ action: "topic:delete" })).toEqual([]);
  expect(await found({ row: "topic.create", from: now - 2000, to: now })).toEqual(["2", "1"]);
  expect(await log.list({ page: 2, pageSize: 3 })).toMatchObject({ total: 4, items: [{ outcome: "0" }] });
});

test("what is older than it is kept is deleted, and nothing else", async () => {
  await log.add({ who: "ada", row: "topic.create", outcome: "old" });
  now += 1000;
  await log.add({ who: "ada", row: "topic.create", outcome: "young" });
  await log.deleteBefore(now);
  expect(await outcomes()).toEqual(["young"]);
});
