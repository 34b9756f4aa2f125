import { afterEach, beforeEach, expect, test } from "vitest";
import { Problem } from "../base/problem.ts";
import { createSecrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";
import { openTestStore } from "../testing/test-store.ts";
import { ADDRESS_HEADER } from "./better-auth.ts";
import { networkOf } from "./pace.ts";
import { SignInCounts } from "./sign-in-counts.ts";
import { SignIns } from "./sign-ins.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let db: Store;
let now: number;
let tried: number;
let signIns: SignIns;

beforeEach(async () => {
  db = await openTestStore();
  now = Date.UTC(2026, 0, 1);
  tried = 0;
  signIns = new SignIns({ db, now: () => now, secrets: createSecrets("k".repeat(32)), prefix: "rocketdeck" });
});
afterEach(() => db.destroy());

/** Answers the seconds to wait when the password was not even tried. */
async function guess(address: string, name = "admin"): Promise<number> {
  const wrong = () => {
    tried += 1;
    return Promise.reject(Object.assign(new Error("wrong"), { statusCode: 401 }));
  };
  const error: unknown = await signIns.signIn(new Headers({ [ADDRESS_HEADER]: address }), name, wrong).catch((e) => e);
  if (!(error instanceof Problem)) throw error;
  return Number(error.data.params?.["seconds"] ?? 0);
}

/** Passwords tried while somebody guesses as fast as they may. */
async function triedWithin(ms: number, addresses: readonly string[]): Promise<number> {
  const before = tried;
  for (const end = now + ms; now < end; now += MINUTE_MS) {
    for (const address of addresses) while ((await guess(address)) === 0);
  }
  return tried - before;
}

test("one address guesses eleven passwords of a name in an hour, and four in each that follows", async () => {
  expect(await triedWithin(HOUR_MS, ["192.0.2.1"])).toBe(11);
  expect(await triedWithin(4 * HOUR_MS, ["192.0.2.1"])).toBe(16);
});

test(
  "however many addresses guess, a hundred passwords of a name are tried in an hour",
  { timeout: 120_000 },
  async () => {
    const botnet = Array.from({ length: 30 }, (_, n) => `198.51.100.${n}`);
    expect(await triedWithin(HOUR_MS, botnet)).toBe(100);
  },
);

test("failures are counted by name whatever its case, and each further one locks twice as long, up to a quarter of an hour", async () => {
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) expect(await guess("192.0.2.1", "Ada")).toBe(0);
  for (let n = 0; n < 6; n++) {
    const wait = await guess("192.0.2.1", "ADA");
    waits.push(wait);
    now += wait * 1000;
    expect(await guess("192.0.2.1", "ada")).toBe(0);
  }
  expect(waits).toEqual([60, 120, 240, 480, 900, 900]);
  now += 25 * HOUR_MS;
  for (let n = 0; n < 5; n++) expect(await guess("192.0.2.1", "ada")).toBe(0);
  expect(await guess("192.0.2.1", "ada")).toBe(60);
});

test("no lock outlasts a quarter of an hour, though the clock went back a day", async () => {
  for (let n = 0; n < 12; n++) now += 1000 * (await guess("192.0.2.1"));
  for (let n = 0; n < 30; n++) await guess(`198.51.100.${n}`);
  now -= 24 * HOUR_MS;
  for (const address of ["192.0.2.1", "203.0.113.9"]) expect(await guess(address)).toBeLessThanOrEqual(900);
  now += 15 * MINUTE_MS;
  for (const address of ["192.0.2.1", "203.0.113.9"]) expect(await guess(address)).toBe(0);
});

test("a name that was opened takes passwords of strangers for a quarter of an hour, whatever others fail", async () => {
  for (let n = 0; n < 30; n++) await guess(`198.51.100.${n}`);
  expect(await guess("192.0.2.1")).toBeGreaterThan(0);
  await new SignInCounts(db, () => now).open("admin");
  for (let n = 0; n < 20; n++) expect(await guess("192.0.2.1")).toBe(0);
  now += 15 * MINUTE_MS;
  for (let n = 0; n < 5; n++) await guess("192.0.2.1");
  expect(await guess("192.0.2.1")).toBe(60);
});

test("addresses of one subscriber count as one", () => {
  expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("2001:db8:1:2ab::1")).toBe(networkOf("2001:db8:1:2ff:1:2:3:4"));
  expect(networkOf("2001:db8:1:2ab::1")).not.toBe(networkOf("2001:db8:1:3ab::1"));
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0::/56");
  expect(networkOf("::1")).toBe("0:0:0:0::/56");
});
