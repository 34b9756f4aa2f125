import type { UseQueryResult } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import type { TimeRangeSearch } from "../lib/time-range.ts";
import { Chart } from "./chart.tsx";
import { CURVES_PRESET, seriesOf, type Plot } from "./curves.ts";
import { TimeRange } from "./time-range.tsx";
import "./curve-panel.css";

interface CurvePanelProps {
  search: TimeRangeSearch;
  onRange: (range: TimeRangeSearch) => void;
  span: { from: number; to: number };
  query: UseQueryResult<Curves>;
  plots: Plot[];
  /** What the figures mean and how often they are sampled. */
  note: string;
}

/** Charts of one topic or group under a choice of time, all on one axis. */
export function CurvePanel({ search, onRange, span, query, plots, note }: CurvePanelProps) {
  const { data } = query;
  return (
    <>
      <div className="rd-curves-line">
        <p className="rd-quiet">{note}</p>
        <TimeRange value={search} preset={CURVES_PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={onRange} />
      </div>
      <div className="rd-cards">
        {plots.map((plot) => (
          <div className="rd-card rd-wide" key={plot.title}>
            <Chart
              title={plot.title}
              unit={plot.unit}
              series={seriesOf(data, plot)}
              from={span.from}
              to={span.to}
              group="curves"
              loading={query.isPending}
              error={data ? undefined : (query.error ?? undefined)}
              onRetry={() => void query.refetch()}
              onRange={(from, to) => onRange({ range: undefined, from, to })}
            />
          </div>
        ))}
      </div>
    </>
  );
}
