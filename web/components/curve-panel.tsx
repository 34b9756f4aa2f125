import { useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import type { Patch } from "../lib/search.ts";
import type { TimeRangeSearch } from "../lib/time-range.ts";
import { CHARTED_PRESET, spanOptions, useChartedSpan, type ChartedSpan } from "./charted-span.ts";
import { useKeptRange } from "./kept-range.ts";
import { Plots, type Plot } from "./plots.tsx";
import { TimeRange } from "./time-range.tsx";
import "./curve-panel.css";

interface CurvePanelProps<Key extends QueryKey> {
  search: TimeRangeSearch;
  patch: Patch<TimeRangeSearch>;
  curves: (span: ChartedSpan) => UseQueryOptions<Curves, Error, Curves, Key>;
  plots: Plot[];
  /** What the figures mean and how often they are sampled. */
  note: string;
}

/** Charts of one topic or group under a choice of time, all on one axis. */
export function CurvePanel<Key extends QueryKey>({ search, patch, curves, plots, note }: CurvePanelProps<Key>) {
  const [range, onRange] = useKeptRange(search, patch);
  const span = useChartedSpan(range);
  const query = useQuery({ ...curves(span), ...spanOptions(span) });
  return (
    <>
      <div className="rd-curves-line">
        <p className="rd-quiet">{note}</p>
        <TimeRange value={range} preset={CHARTED_PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={onRange} />
      </div>
      <div className="rd-cards">
        <Plots plots={plots} query={query} span={span} group="curves" onRange={onRange} />
      </div>
    </>
  );
}
