import { useQuery } from "@tanstack/react-query";
import type { LOAD_METRICS, LoadSeries } from "#contract/dial-run.ts";
import type { Job } from "#contract/job.ts";
import type { Series, Unit } from "../../components/chart-model.ts";
import { Chart } from "../../components/chart.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded } from "../../lib/job.ts";

/** Long tests are asked for less often: their curves are made of every second. */
const liveMs = (seconds: number): number => (seconds > 3600 ? 30_000 : seconds > 600 ? 5000 : 1000);
/** Charts begin with what there is, and are no narrower than this. */
const LEAST_MS = 5000;

type Metric = (typeof LOAD_METRICS)[number];

interface LoadPlot {
  title: string;
  unit: Unit;
  metrics: Metric[];
}

const plots: LoadPlot[] = [
  { title: "rates", unit: "rate", metrics: ["sent", "received", "failed"] },
  { title: "latencies", unit: "duration", metrics: ["sendP50", "sendP99", "endToEndP50", "endToEndP99"] },
  { title: "network", unit: "bytesRate", metrics: ["bytes"] },
  { title: "brokers", unit: "rate", metrics: ["brokerPut", "brokerGet"] },
  { title: "queues", unit: "number", metrics: ["brokerQueue"] },
];

/** The curves of a load test as it goes, with what the brokers say of themselves beside. */
export function LoadCharts({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const ended = hasEnded(job);
  const { data, error, isPending, refetch } = useQuery(
    api.dialTest.loadSeries.queryOptions({
      input: { instanceId, jobId: job.id },
      refetchInterval: ended ? false : liveMs(job.done),
      // It is shown anew once the test has ended: what was asked for as it ran misses the last seconds.
      refetchOnMount: "always",
    }),
  );
  const from = data?.at[0] ?? job.startedAt ?? job.createdAt;
  const to = Math.max(data?.at.at(-1) ?? from, from + LEAST_MS);
  return (
    <div className="rd-cards rd-dial-charts">
      {plots.map(({ title, unit, metrics }) => (
        <div key={title} className={title === "rates" || title === "latencies" ? "rd-card rd-wide" : "rd-card"}>
          <Chart
            title={t(`curve.title.${title}`)}
            unit={unit}
            series={seriesOf(data, metrics, (metric, broker) => t(`curve.${metric}`, { broker }))}
            from={from}
            to={to}
            group="load"
            height={180}
            loading={isPending}
            error={data ? undefined : (error ?? undefined)}
            onRetry={() => void refetch()}
          />
        </div>
      ))}
    </div>
  );
}

function seriesOf(
  data: LoadSeries | undefined,
  metrics: readonly Metric[],
  nameOf: (metric: Metric, broker?: string) => string,
): Series[] {
  const all = data?.series.filter(({ metric }) => metrics.includes(metric)) ?? [];
  return all
    .filter(({ values }) => values.some((value) => value !== null))
    .map(({ metric, broker, values }) => ({
      name: nameOf(metric, broker),
      points: (data?.at ?? []).map((at, n): [number, number | null] => [at, values[n] ?? null]),
    }));
}
