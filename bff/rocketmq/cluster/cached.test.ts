import { expect, test } from "vitest";
import { Cached } from "./cached.ts";

function counter(): { load: () => Promise<number>; count: () => number } {
  let loads = 0;
  return { load: () => Promise.resolve(++loads), count: () => loads };
}

test("all who ask while it is read share one read", async () => {
  const { load, count } = counter();
  const cached = new Cached(load, 60_000);
  expect(await Promise.all([cached.get(), cached.get()])).toEqual([1, 1]);
  expect(await cached.get()).toBe(1);
  expect(count()).toBe(1);
});

test("who asks for a fresh value while one is read gets one that was read afterwards, together with all who ask so", async () => {
  const { load, count } = counter();
  const cached = new Cached(load, 60_000);
  expect(await Promise.all([cached.get(), cached.get(true), cached.get(true)])).toEqual([1, 2, 2]);
  expect(await cached.get()).toBe(2);
  expect(count()).toBe(2);
});

test("a fresh read replaces what is kept", async () => {
  const cached = new Cached(counter().load, 60_000);
  await cached.get();
  expect(await cached.get(true)).toBe(2);
  expect(await cached.get()).toBe(2);
});

test("a stale value is given at once and read again behind", async () => {
  const { load, count } = counter();
  const cached = new Cached(load, 0, 60_000);
  await cached.get();
  expect(await cached.get()).toBe(1);
  await expect.poll(() => count()).toBeGreaterThan(1);
  await expect.poll(() => cached.get()).toBeGreaterThan(1);
});

test("what was being read when it was invalidated is not kept", async () => {
  const gates: ((value: string) => void)[] = [];
  const cached = new Cached(() => new Promise<string>((resolve) => gates.push(resolve)), 60_000);
  const before = cached.get();
  cached.invalidate();
  const after = cached.get();
  gates[0]?.("old");
  gates[1]?.("new");
  expect([await before, await after, await cached.get()]).toEqual(["old", "new", "new"]);
});

test("a failed read is told and not kept", async () => {
  let fail = true;
  const cached = new Cached(() => (fail ? Promise.reject(new Error("down")) : Promise.resolve("up")), 60_000);
  await expect(cached.get()).rejects.toThrow("down");
  fail = false;
  expect(await cached.get()).toBe("up");
});
