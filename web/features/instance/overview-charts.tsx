import { useQuery } from "@tanstack/react-query";
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
  const { data } = useQuery(api.overview.brokers.queryOptions({ input: { instanceId }, refetchInterval: 10_000 }));
  const disks = (data?.brokers ?? []).map(({ brokerName, brokerId }): [string, string] => [
    `disk@${brokerName}:${brokerId}`,
    `${brokerName}:${brokerId}`,
  ]);
  return [
    {
      title: t("chart.tps"),
      unit: "rate",
      curves: [
        ["produceTps", t("curve.produce")],
        ["consumeTps", t("curve.consume")],
      ],
    },
    { title: t("chart.traffic"), unit: "bytesRate", curves: [["produceBytes", t("curve.produce")]] },
    { title: t("chart.lag"), unit: "number", curves: [["lag", t("figure.lag")]] },
    { title: t("chart.stored"), unit: "number", curves: [["stored", t("figure.stored")]] },
    ...(disks.length > 0 ? [{ title: t("chart.disk"), unit: "percent" as const, curves: disks.slice(0, 16) }] : []),
  ];
}

/** Curves from the console's own samples, all on one axis of time. */
export function OverviewCharts({ instanceId, search, onRange }: OverviewChartsProps) {
  const plots = usePlots(instanceId);
  const { from, to, step } = useChartedSpan(search);
  const keys = plots.flatMap((plot) => plot.curves.map(([key]) => key));
  const query = useQuery(
    api.history.series.queryOptions({
      input: { instanceId, series: keys, from, to, step },
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
