import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedReads } from "./shared-reads.ts";

const KEEP_MS = 1000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const told = (value: string, failures: string[] = []) => Promise.resolve({ value, failures });

test("three hundred who ask for the same page cost one read, and another one once it is old", async () => {
  const read = vi.fn((names: readonly string[]) => told(names.join()));
  const shared = new SharedReads(read, KEEP_MS);
  const all = () => Promise.all(Array.from({ length: 300 }, () => shared.get(["a", "b"])));
  expect(new Set((await all()).map(({ value }) => value))).toEqual(new Set(["a,b"]));
  await all();
  expect(read).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(KEEP_MS);
  await all();
  expect(read).toHaveBeenCalledTimes(2);
});

test("other names, and who asks for fresh ones, have a read of their own", async () => {
  let reads = 0;
  const shared = new SharedReads((names) => told(`${names.join()} ${++reads}`), KEEP_MS);
  expect(await shared.get(["a", "b"])).toMatchObject({ value: "a,b 1" });
  expect(await shared.get(["a,b"])).toMatchObject({ value: "a,b 2" });
  expect(await shared.get(["a", "b"], true)).toMatchObject({ value: "a,b 3" });
  expect(await shared.get(["a", "b"])).toMatchObject({ value: "a,b 3" });
});

test("a read that failed, or of which a part did, is not kept", async () => {
  const read = vi
    .fn<(names: readonly string[]) => ReturnType<typeof told>>()
    .mockRejectedValueOnce(new Error("down"))
    .mockReturnValueOnce(told("a part", ["broker-a"]))
    .mockReturnValueOnce(told("all"));
  const shared = new SharedReads(read, KEEP_MS);
  await expect(shared.get(["a"])).rejects.toThrow("down");
  expect(await shared.get(["a"])).toMatchObject({ value: "a part" });
  expect(await shared.get(["a"])).toMatchObject({ value: "all" });
});
