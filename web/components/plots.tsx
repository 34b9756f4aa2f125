import type { UseQueryResult } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import type { Labels, Metric } from "#contract/metrics.ts";
import type { TimeRangeSearch } from "../lib/time-range.ts";
import type { Series, Unit } from "./chart-model.ts";
import { Chart } from "./chart.tsx";

/** A chart of curves that the console keeps. */
export interface Plot {
  title: string;
  unit: Unit;
  /** Metric and name of each curve; labels where there are several series of the metric. */
  curves: [metric: Metric, name: string, labels?: Labels][];
}

const seriesOf = (kept: Curves | undefined, { curves }: Plot): Series[] =>
  curves.map(([metric, name, labels = {}]) => {
    const wanted = Object.entries(labels);
    const series = kept?.series.find((one) => one.metric === metric && wanted.every(([k, v]) => one.labels[k] === v));
    return {
      name,
      points: (series?.values ?? []).map((value, n) => [(kept?.from ?? 0) + n * (kept?.step ?? 0), value]),
    };
  });

interface PlotsProps {
  plots: Plot[];
  query: UseQueryResult<Curves>;
  span: { from: number; to: number };
  /** Of these charts, which share their cursor. */
  group: string;
  /** How many take the whole width, the first ones; all when left out. */
  wide?: number;
  height?: number;
  onRange: (range: TimeRangeSearch) => void;
}

/** Charts of what one query answers, all on one axis of time. */
export function Plots({ plots, query, span, group, wide = plots.length, height, onRange }: PlotsProps) {
  return plots.map((plot, n) => (
    <div className={n < wide ? "rd-card rd-wide" : "rd-card"} key={plot.title}>
      <Chart
        title={plot.title}
        unit={plot.unit}
        series={seriesOf(query.data, plot)}
        from={span.from}
        to={span.to}
        group={group}
        height={height}
        loading={query.isPending}
        error={query.data ? undefined : (query.error ?? undefined)}
        onRetry={() => void query.refetch()}
        onRange={(from, to) => onRange({ range: undefined, from: Math.round(from), to: Math.round(to) })}
      />
    </div>
  ));
}
