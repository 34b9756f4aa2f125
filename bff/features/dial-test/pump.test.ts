import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { pump } from "./pump.ts";

const signal = new AbortController().signal;

test("as much is begun as the rate and the time make, and what is under way is waited for", async () => {
  let done = 0;
  const { begun } = await pump({ perSecond: 500, atOnce: 1000, ms: 400, signal }, async () => {
    await pause(50);
    done += 1;
  });
  expect([begun, done]).toEqual([200, 200]);
});

test("no more is under way at once than was asked for, and what is too slow begins less", async () => {
  let active = 0;
  let most = 0;
  const { begun } = await pump({ perSecond: 100_000, atOnce: 4, ms: 200, signal }, async () => {
    most = Math.max(most, (active += 1));
    await pause(20);
    active -= 1;
  });
  expect(most).toBe(4);
  expect(begun).toBeLessThan(100);
});

test("nothing is begun any more once it is stopped", async () => {
  const stop = new AbortController();
  let count = 0;
  const running = pump({ perSecond: 1000, atOnce: 10, ms: 60_000, signal: stop.signal }, async () => {
    count += 1;
    if (count === 20) stop.abort();
  });
  expect((await running).begun).toBe(20);
});
