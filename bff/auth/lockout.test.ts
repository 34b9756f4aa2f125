import { expect, test } from "vitest";
import { openStore } from "../store/store.ts";
import { createLockout, lockMs } from "./lockout.ts";

test("the fifth failure locks for a minute, each further one for twice as long, up to a quarter of an hour", () => {
  expect([4, 5, 6, 7, 20].map(lockMs)).toEqual([0, 60_000, 120_000, 240_000, 900_000]);
});

test("failures count by username whatever its case, are forgotten after a success and after a day", async () => {
  const db = await openStore(":memory:");
  let now = 1_000_000;
  const lockout = createLockout(db, () => now);
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) expect(await lockout.attempt("Ada")).toBe(0);
  };
  await fail(5);
  expect(await lockout.attempt("ada")).toBe(60_000);
  expect(await lockout.attempt("bob")).toBe(0);
  now += 59_000;
  expect(await lockout.attempt("ADA")).toBe(1000);
  now += 1000;
  await fail(1);
  expect(await lockout.attempt("ada")).toBe(120_000);
  await lockout.succeeded("ada");
  await fail(4);
  now += 25 * 3_600_000;
  await fail(5);
  await db.destroy();
});
