import type { Series, Unit } from "./chart-model.ts";

const BINARY = 1024;
const TICKS = 3;
/** Steps that bytes are read well in, up to the next unit; beyond 200 halves of it. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, BINARY / 4, BINARY / 2];

/** Ticks of bytes, round in the unit that they are written in; those of decimal figures are the drawing's own. */
export function ticksOf(unit: Unit, shown: readonly Series[]): { interval: number; max: number } | undefined {
  if (unit !== "bytes" && unit !== "bytesRate") return undefined;
  const known = shown.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  const most = known.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return undefined;
  const least = most / TICKS;
  const base = BINARY ** Math.max(0, Math.floor(Math.log2(least) / 10));
  const interval = base * (STEPS.find((step) => step * base >= least) ?? BINARY);
  return { interval, max: Math.ceil(most / interval) * interval };
}
