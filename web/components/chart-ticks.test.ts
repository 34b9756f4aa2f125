import { expect, test } from "vitest";
import { formatBytes } from "../lib/format.ts";
import { ticksOf } from "./chart-ticks.ts";

const curve = (...values: (number | null)[]) => ({
  name: "Produce",
  points: values.map((value, at): [number, number | null] => [at, value]),
});

const KIB = 1024;

test.each([
  [[0.4, null], ["1 B"]],
  [
    [2, 900],
    ["512 B", "1 KiB"],
  ],
  [
    [null, 58.6 * KIB],
    ["20 KiB", "40 KiB", "60 KiB"],
  ],
  [[700 * KIB], ["256 KiB", "512 KiB", "768 KiB"]],
  [
    [1400 * KIB, 3],
    ["512 KiB", "1 MiB", "1.5 MiB"],
  ],
  [[2900 * KIB], ["1 MiB", "2 MiB", "3 MiB"]],
  [[61 * KIB ** 3], ["50 GiB", "100 GiB"]],
])("ticks over %j are round as they are written", (values, written) => {
  const { interval = 0, max = 0 } = ticksOf("bytesRate", [curve(...values), curve(null)]) ?? {};
  const ticks = Array.from({ length: max / interval }, (_, n) => formatBytes((n + 1) * interval, "en-US"));
  expect(ticks).toEqual(written);
});

test("decimal figures and curves of nothing have the ticks of the drawing", () => {
  expect(ticksOf("rate", [curve(58.6)])).toBeUndefined();
  expect(ticksOf("bytes", [curve(0, null)])).toBeUndefined();
});
