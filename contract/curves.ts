import { z } from "zod";
import { EpochMs } from "./list.ts";
import { metricNames } from "./metrics.ts";

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

/** Series by metric and labels, all at the same times, `step` milliseconds apart: the mean of the samples in each step, null where nothing is known. */
export const Curves = z.object({
  /** Time of the first point; the n-th is `from + n * step`. */
  from: EpochMs,
  step: z.number().int(),
  series: z.array(
    z.object({
      metric: z.enum(metricNames),
      /** None where it is the sum over all of the cluster. */
      labels: z.record(z.string(), z.string()),
      values: z.array(z.number().nullable()),
    }),
  ),
  /** There are more series than were answered. */
  more: z.boolean(),
});
export type Curves = z.infer<typeof Curves>;
