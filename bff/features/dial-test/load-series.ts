import { z } from "zod";
import type { LoadSeries } from "#contract/dial-run.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";

const POINTS_MAX = 600;

const Figure = z.number().nullable();
const Second = z.object({
  at: z.number(),
  ms: z.number(),
  sent: z.number(),
  failed: z.number(),
  received: Figure,
  bytes: z.number(),
  sendP50: Figure,
  sendP99: Figure,
  endToEndP50: Figure,
  endToEndP99: Figure,
  brokers: z.array(z.object({ broker: z.string(), put: Figure, get: Figure, queue: Figure })),
});
export type Second = z.infer<typeof Second>;

const known = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => typeof value === "number");
const largest = (values: readonly (number | null | undefined)[]): number | null =>
  known(values).reduce<number | null>((most, value) => Math.max(most ?? value, value), null);
function mean(values: readonly (number | null | undefined)[]): number | null {
  const all = known(values);
  return all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length;
}

/** Counts of some seconds as a rate; null where one is not known. */
function rate(seconds: readonly Second[], of: (second: Second) => number | null): number | null {
  const ms = seconds.reduce((sum, second) => sum + second.ms, 0);
  const counts = seconds.map(of);
  if (ms === 0 || counts.includes(null)) return null;
  return (known(counts).reduce((sum, count) => sum + count, 0) * 1000) / ms;
}

/** Curves of seconds, in 600 points at most. */
export function loadSeries(seconds: readonly Second[]): LoadSeries {
  const step = Math.max(1, Math.ceil(seconds.length / POINTS_MAX));
  const pieces = Array.from({ length: Math.ceil(seconds.length / step) }, (_, n) =>
    seconds.slice(n * step, (n + 1) * step),
  );
  const rates = (["sent", "failed", "received", "bytes"] as const).map((metric) => {
    return { metric, values: pieces.map((piece) => rate(piece, (second) => second[metric])) };
  });
  const times = (["sendP50", "sendP99", "endToEndP50", "endToEndP99"] as const).map((metric) => {
    return { metric, values: pieces.map((piece) => largest(piece.map((second) => second[metric]))) };
  });
  const names = [...new Set(seconds.flatMap(({ brokers }) => brokers.map(({ broker }) => broker)))].sort();
  const figure = (second: Second, broker: string, key: "put" | "get" | "queue") =>
    second.brokers.find((one) => one.broker === broker)?.[key];
  const ofBrokers = names.flatMap((broker) => [
    { metric: "brokerPut" as const, broker, values: pieces.map((p) => mean(p.map((s) => figure(s, broker, "put")))) },
    { metric: "brokerGet" as const, broker, values: pieces.map((p) => mean(p.map((s) => figure(s, broker, "get")))) },
    {
      metric: "brokerQueue" as const,
      broker,
      values: pieces.map((p) => largest(p.map((s) => figure(s, broker, "queue")))),
    },
  ]);
  return {
    at: pieces.flatMap(([first]) => (first === undefined ? [] : [first.at])),
    series: [...rates, ...times, ...ofBrokers],
  };
}

/** Curves of a load test of that instance. Throws JOB_NOT_FOUND where it is none. */
export async function seriesOfRun(
  deps: Deps,
  { instanceId, jobId }: { instanceId: string; jobId: string },
  signal?: AbortSignal,
): Promise<LoadSeries> {
  const job = await deps.jobs.get(jobId);
  if (job.kind !== "dialTest.load" || job.instanceId !== instanceId) throw new Problem("JOB_NOT_FOUND");
  const seconds: Second[] = [];
  for await (const { data } of deps.jobs.results(jobId, signal)) {
    const second = Second.safeParse(data).data;
    if (second !== undefined) seconds.push(second);
  }
  return loadSeries(seconds.toSorted((a, b) => a.at - b.at));
}
