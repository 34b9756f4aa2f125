import type { UseQueryResult } from "@tanstack/react-query";
import type { Curves } from "#contract/overview.ts";
import { useNow } from "../lib/format.ts";
import { rangeOf, type TimeRangeSearch } from "../lib/time-range.ts";
import type { Series, Unit } from "./chart-model.ts";
import { Chart } from "./chart.tsx";
import { TimeRange } from "./time-range.tsx";
import "./curve-panel.css";

const PRESET = "1h";
/** Points that a chart of this width can show apart. */
const POINTS = 360;
const TICK_MS = 10_000;

/** The span of time that a panel shows, as rows of curves take it; it moves on with the clock. */
export function useSpan(search: TimeRangeSearch): { from: number; to: number; step: number } {
  const now = useNow();
  const wished = rangeOf(search, PRESET, now, TICK_MS);
  const step = Math.max(TICK_MS, Math.ceil((wished.to - wished.from) / POINTS / TICK_MS) * TICK_MS);
  return { ...rangeOf(search, PRESET, now, step), step };
}

interface CurvePanelProps {
  search: TimeRangeSearch;
  onRange: (range: TimeRangeSearch) => void;
  span: { from: number; to: number };
  query: UseQueryResult<Curves>;
  plots: { title: string; unit: Unit; curves: [key: string, name: string][] }[];
  /** What the figures mean and how long they are kept. */
  note: string;
}

/** Charts of one topic or group under a choice of time, all on one axis. */
export function CurvePanel({ search, onRange, span, query, plots, note }: CurvePanelProps) {
  const { data } = query;
  const seriesOf = (curves: [key: string, name: string][]): Series[] =>
    curves.map(([key, name]) => ({
      name,
      points: (data?.series[key] ?? []).map((value, n) => [(data?.from ?? 0) + n * (data?.step ?? 0), value]),
    }));
  return (
    <>
      <div className="rd-curves-line">
        <p className="rd-quiet">{note}</p>
        <TimeRange value={search} preset={PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={onRange} />
      </div>
      <div className="rd-cards">
        {plots.map(({ title, unit, curves }) => (
          <div className="rd-card rd-wide" key={title}>
            <Chart
              title={title}
              unit={unit}
              series={seriesOf(curves)}
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
