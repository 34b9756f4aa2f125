import { useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import type { TimeRangeSearch } from "../lib/time-range.ts";
import { CHARTED_PRESET, spanOptions, useChartedSpan, type ChartedSpan } from "./charted-span.ts";
import { Plots, type Plot } from "./plots.tsx";
import { TimeRange } from "./time-range.tsx";
import "./curve-panel.css";

interface CurvePanelProps<Key extends QueryKey> {
  search: TimeRangeSearch;
  onRange: (range: TimeRangeSearch) => void;
  curves: (span: ChartedSpan) => UseQueryOptions<Curves, Error, Curves, Key>;
  plots: Plot[];
  /** What the figures mean and how often they are sampled. */
  note: string;
}

/** Charts of one topic or group under a choice of time, all on one axis. */
export function CurvePanel<Key extends QueryKey>({ search, onRange, curves, plots, note }: CurvePanelProps<Key>) {
  const span = useChartedSpan(search);
  const query = useQuery({ ...curves(span), ...spanOptions(span) });
  return (
    <>
      <div className="rd-curves-line">
        <p className="rd-quiet">{note}</p>
        <TimeRange value={search} preset={CHARTED_PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={onRange} />
      </div>
      <div className="rd-cards">
        <Plots plots={plots} query={query} span={span} group="curves" onRange={onRange} />
      </div>
    </>
  );
}
