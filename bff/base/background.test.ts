import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Background } from "./background.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("is begun by whoever starts it, not by who adds to it, and ends with a stop", async () => {
  const background = new Background(pino({ level: "silent" }));
  let runs = 0;
  background.add({ what: "counting", everyMs: 1000, run: () => void (runs += 1) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(0);
  background.start();
  await vi.advanceTimersByTimeAsync(2000);
  expect(runs).toBe(3);
  background.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(3);
});

it("goes on after a failure, which is logged", async () => {
  const lines: string[] = [];
  const background = new Background(pino({}, { write: (line: string) => void lines.push(line) }));
  background.add({ what: "counting", everyMs: 1000, run: () => Promise.reject(new Error("no")) });
  background.start();
  await vi.advanceTimersByTimeAsync(1000);
  background.stop();
  expect(lines.filter((line) => line.includes("counting failed"))).toHaveLength(2);
});
