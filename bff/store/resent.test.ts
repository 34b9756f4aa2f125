import { sql } from "kysely";
import { expect, test } from "vitest";
import { openTestStore } from "../testing/test-store.ts";
import { up as made } from "./migrations/0024-resent.ts";
import { up as letterId } from "./migrations/0025-resent-letter.ts";
import {
  claimAgain,
  claimNew,
  forgetBefore,
  letterName,
  releaseResent,
  resentIsFull,
  resentOf,
  settleResent,
  type Resent,
} from "./resent.ts";

const row = (queueOffset: string, change: Partial<Resent> = {}): Resent => ({
  instanceId: "i",
  topic: "%DLQ%g",
  brokerName: "b",
  queueId: 0,
  queueOffset,
  storedAt: 1000,
  letterId: `at-${queueOffset}`,
  target: "orders",
  msgId: `id-${queueOffset}`,
  state: "sending",
  sentTo: null,
  sentBy: "admin",
  at: 2000,
  jobId: "j",
  ...change,
});

test("of several who begin to send a dead letter one does", async () => {
  const db = await openTestStore();
  expect([...(await claimNew(db, [row("1"), row("2")]))]).toEqual(["1 1000", "2 1000"]);
  expect([...(await claimNew(db, [row("2", { msgId: "other" }), row("3")]))]).toEqual(["3 1000"]);
  const known = await resentOf(db, row("1"), [row("1"), row("2"), row("4")]);
  expect([...known.values()].map(({ msgId }) => msgId).toSorted()).toEqual(["id-1", "id-2"]);
  await settleResent(db, row("1"), { state: "unknown" });
  const before = { ...row("1"), state: "unknown" as const };
  const again = [row("1", { msgId: "a" }), row("1", { msgId: "b" })];
  expect(await Promise.all(again.map((now) => claimAgain(db, before, now)))).toEqual([true, false]);
  await db.destroy();
});

test("what was certainly not sent is what it was before", async () => {
  const db = await openTestStore();
  await claimNew(db, [row("1"), row("2")]);
  await settleResent(db, row("1"), { state: "sent", sentTo: "{}" });
  const before = row("1", { state: "sent", sentTo: "{}" });
  const now = row("1", { msgId: "again" });
  await claimAgain(db, before, now);
  await releaseResent(db, now, before);
  await releaseResent(db, row("2"));
  expect(await resentOf(db, row("1"), [row("1"), row("2")])).toEqual(new Map([[letterName(row("1")), before]]));
  await db.destroy();
});

test("what was sent through one instance of a cluster is known to all of them, and to no other cluster", async () => {
  const db = await openTestStore();
  await claimNew(db, [row("1")]);
  const [second, another] = [row("1", { instanceId: "second" }), row("1", { instanceId: "other", letterId: "other" })];
  expect([...(await resentOf(db, second, [second])).keys()]).toEqual([letterName(second)]);
  expect((await resentOf(db, another, [another])).size).toBe(0);
  expect((await claimNew(db, [second])).size).toBe(0);
  expect((await claimNew(db, [another])).size).toBe(1);
  expect(await claimAgain(db, row("1"), second)).toBe(true);
  await forgetBefore(db, row("1"), 5000);
  expect((await resentOf(db, second, [second])).size).toBe(1);
  await db.destroy();
});

test("what an instance had sent before letters were known by themselves is its own", async () => {
  const db = await openTestStore();
  await db.schema.dropTable("resent").execute();
  await made(db);
  const { letterId: _, ...old } = row("1");
  await sql`insert into "resent" (${sql.join(Object.keys(old).map((name) => sql.ref(name)))}) values (${sql.join(Object.values(old))})`.execute(
    db,
  );
  await letterId(db);
  const found = await resentOf(db, row("1"), [row("1")]);
  expect([...found.values()]).toMatchObject([{ letterId: "i" }]);
  expect((await resentOf(db, row("1", { instanceId: "second" }), [row("1")])).size).toBe(0);
  const [known] = found.values();
  if (known === undefined) throw new Error("not there");
  expect(await claimAgain(db, known, row("1"))).toBe(true);
  expect([...(await resentOf(db, row("1"), [row("1")])).values()]).toMatchObject([{ letterId: "at-1" }]);
  await db.destroy();
});

test("a topic that was made anew has other messages at the same places, and old ones are forgotten with their queue", async () => {
  const db = await openTestStore();
  const later = row("1", { storedAt: 5000 });
  await claimNew(db, [row("1")]);
  expect((await resentOf(db, row("1"), [later])).size).toBe(0);
  await claimNew(db, [later]);
  expect(await resentIsFull(db, 2000, 2)).toBe(true);
  await forgetBefore(db, row("1"), 5000);
  expect([...(await resentOf(db, row("1"), [row("1"), later])).keys()]).toEqual(["1 5000"]);
  expect(await resentIsFull(db, 2000, 2)).toBe(false);
  expect(await resentIsFull(db, 2000 + 401 * 86_400_000, 1)).toBe(false);
  await db.destroy();
});
