import { useQuery } from "@tanstack/react-query";
import type { ClusterMetric } from "#contract/metrics.ts";
import { spanOptions, useChartedSpan } from "../../components/charted-span.ts";
import { Plots, type Plot } from "../../components/plots.tsx";
import type { TimeRangeSearch } from "../../lib/time-range.ts";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface OverviewChartsProps {
  instanceId: string;
  search: TimeRangeSearch;
  onRange: (range: TimeRangeSearch) => void;
}

function usePlots(instanceId: string): Plot[] {
  const t = useT("overview");
  const { data } = useQuery(api.overview.brokers.queryOptions({ input: { instanceId } }));
  const disks = (data?.brokers ?? []).map(({ brokerName: broker, brokerId }): Plot["curves"][number] => [
    "brokeruntime_commitlog_disk_ratio",
    `${broker}:${brokerId}`,
    { broker, brokerId },
  ]);
  return [
    {
      title: t("chart.tps"),
      unit: "rate",
      curves: [
        ["broker_tps", t("curve.produce")],
        ["broker_qps", t("curve.consume")],
      ],
    },
    { title: t("chart.traffic"), unit: "bytesRate", curves: [["throughput_in", t("curve.produce")]] },
    { title: t("chart.lag"), unit: "number", curves: [["consumer_lag_messages", t("figure.lag")]] },
    { title: t("chart.stored"), unit: "number", curves: [["stored_messages", t("figure.stored")]] },
    ...(disks.length > 0 ? [{ title: t("chart.disk"), unit: "percent" as const, curves: disks.slice(0, 16) }] : []),
  ];
}

const metrics: ClusterMetric[] = [
  "broker_tps",
  "broker_qps",
  "throughput_in",
  "consumer_lag_messages",
  "stored_messages",
  "brokeruntime_commitlog_disk_ratio",
];

/** Curves from the console's own samples, all on one axis of time. */
export function OverviewCharts({ instanceId, search, onRange }: OverviewChartsProps) {
  const plots = usePlots(instanceId);
  const { from, to, step } = useChartedSpan(search);
  const query = useQuery(
    api.history.series.queryOptions({
      input: { instanceId, metrics, from, to, step },
      staleTime: step,
      ...spanOptions({ to }),
    }),
  );
  return (
    <div className="rd-cards">
      <Plots plots={plots} query={query} span={{ from, to }} group="overview" wide={1} height={200} onRange={onRange} />
    </div>
  );
}
