import { Suspense, lazy, useMemo, useState } from "react";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { ErrorState } from "./error-state.tsx";
import "./chart.css";

const ChartCanvas = lazy(() => import("./chart-canvas.tsx").then((m) => ({ default: m.ChartCanvas })));

export type Unit = "rate" | "number" | "bytes" | "bytesRate" | "percent" | "duration";

export interface Series {
  name: string;
  /** Moment and value, oldest first; null is a gap and drawn as one. */
  points: [at: number, value: number | null][];
}

export interface ChartProps {
  title: string;
  unit: Unit;
  series: Series[];
  /** The time shown, the same for all charts of a page. */
  from: number;
  to: number;
  kind?: "line" | "bar";
  /** Charts of one group share their cursor. */
  group?: string;
  /** Dragging over the chart selects a range. */
  onRange?: (from: number, to: number) => void;
  /** Thin marks: a change, a reset, a broker lost. */
  marks?: { at: number; text: string }[];
  height?: number;
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
}

export function useUnit(unit: Unit): (value: number | null) => string {
  const format = useFormat();
  return useMemo(
    () => (unit === "bytesRate" ? (value) => `${format.bytes(value)}/s` : (value) => format[unit](value)),
    [format, unit],
  );
}

/** A chart over time; the figures under it are last, max and mean, and switch a series off and on. */
export function Chart(props: ChartProps) {
  const t = useT();
  const { title, series, height = 220, loading = false, error } = props;
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => series.filter((s) => !off.has(s.name)), [series, off]);
  const blank = !loading && series.every((s) => s.points.every(([, value]) => value === null));
  const toggle = (name: string): void => {
    const next = new Set(off);
    if (!next.delete(name)) next.add(name);
    setOff(next);
  };
  const room = <div className="rd-chart-room" style={{ height }} data-loading={loading} />;
  return (
    <figure className="rd-chart" aria-label={title}>
      <figcaption>{title}</figcaption>
      {error ? <ErrorState error={error} onRetry={props.onRetry} inline /> : null}
      {loading ? room : null}
      {!loading && !error && blank ? (
        <div className="rd-chart-room" style={{ height }}>
          {t("chart.blank")}
        </div>
      ) : null}
      {!loading && !error && !blank ? (
        <Suspense fallback={room}>
          <ChartCanvas {...props} height={height} shown={shown} />
        </Suspense>
      ) : null}
      <Legend {...props} off={off} toggle={toggle} />
    </figure>
  );
}

function Legend({
  series,
  unit,
  off,
  toggle,
}: ChartProps & { off: ReadonlySet<string>; toggle: (name: string) => void }) {
  const t = useT();
  const write = useUnit(unit);
  return (
    <table className="rd-legend">
      <thead>
        <tr>
          <th scope="col">
            <span className="rd-visually-hidden">{t("chart.series")}</span>
          </th>
          <th scope="col">{t("chart.last")}</th>
          <th scope="col">{t("chart.max")}</th>
          <th scope="col">{t("chart.mean")}</th>
        </tr>
      </thead>
      <tbody>
        {series.map((one, i) => {
          const known = one.points.flatMap(([, value]) => (value === null ? [] : [value]));
          const sum = known.reduce((a, b) => a + b, 0);
          return (
            <tr key={one.name} data-off={off.has(one.name)}>
              <th scope="row">
                <button type="button" aria-pressed={!off.has(one.name)} onClick={() => toggle(one.name)}>
                  <i data-series={i % 8} aria-hidden="true" />
                  {one.name}
                </button>
              </th>
              <td>{write(known.at(-1) ?? null)}</td>
              <td>{write(known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null)}</td>
              <td>{write(known.length > 0 ? sum / known.length : null)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
