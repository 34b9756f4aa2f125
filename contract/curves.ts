import { z } from "zod";
import { EpochMs } from "./list.ts";

const Moment = z.coerce.number().int().min(0).max(8.64e15);

/** Fields of an input that asks for curves: `.extend(span).refine(forward, notForward)`. */
export const span = {
  from: Moment,
  to: Moment,
  /** Wished distance of points; the server takes at least the sampling interval and at most 2,000 points. */
  step: z.coerce.number().int().min(1000).optional(),
};
export const forward = (input: { from: number; to: number }): boolean => input.from < input.to;
export const notForward = { path: ["to"], message: "timeRange" };

/** Curves by name, `step` milliseconds apart: the mean of the samples in each step, null where there is none. */
export const Curves = z.object({
  /** Time of the first point; the n-th is `from + n * step`. */
  from: EpochMs,
  step: z.number().int(),
  series: z.record(z.string(), z.array(z.number().nullable())),
});
export type Curves = z.infer<typeof Curves>;
