import TableOutlined from "@ant-design/icons/es/icons/TableOutlined";
import { Button } from "antd";
import { Suspense, lazy, useMemo, useState } from "react";
import { useLanguage, useT } from "../lib/i18n.ts";
import { useUnit, type ChartProps } from "./chart-model.ts";
import { figuresOf } from "./chart-rows.ts";
import { ChartSave } from "./chart-save.tsx";
import { ErrorState } from "./error-state.tsx";
import "./chart.css";

const ChartCanvas = lazy(() => import("./chart-canvas.tsx").then((m) => ({ default: m.ChartCanvas })));
const ChartTable = lazy(() => import("./chart-table.tsx").then((m) => ({ default: m.ChartTable })));

/** A chart over time, its figures as a table, PNG or CSV; those under it are last, max and mean, and switch a series off and on. */
export function Chart(props: ChartProps) {
  const t = useT();
  const { title, series, height = 220, loading = false, error } = props;
  const language = useLanguage();
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [asTable, setAsTable] = useState(false);
  const shown = useMemo(() => series.filter((s) => !off.has(s.name)), [series, off]);
  const blank = series.every((s) => s.points.every(([, value]) => value === null));
  const toggle = (name: string): void => {
    const next = new Set(off);
    if (!next.delete(name)) next.add(name);
    setOff(next);
  };
  const room = <div className="rd-chart-room" style={{ height }} data-loading={loading} />;
  const drawn = asTable ? (
    <ChartTable {...props} height={height} shown={shown} />
  ) : (
    // ECharts takes its language when it is made, so another language is another drawing.
    <ChartCanvas key={language} {...props} height={height} shown={shown} />
  );
  return (
    <figure className="rd-chart" aria-label={title}>
      <figcaption className="rd-chart-head">
        <span>{title}</span>
        <Button
          size="small"
          type="text"
          icon={<TableOutlined />}
          aria-label={t("chart.table")}
          title={t("chart.table")}
          aria-pressed={asTable}
          disabled={blank}
          onClick={() => setAsTable(!asTable)}
        />
        <ChartSave {...props} shown={shown} disabled={blank} />
      </figcaption>
      {error ? <ErrorState error={error} onRetry={props.onRetry} inline /> : null}
      {loading ? room : null}
      {!loading && !error && blank ? (
        <div className="rd-chart-room" style={{ height }}>
          {t("chart.blank")}
        </div>
      ) : null}
      {!loading && !error && !blank ? <Suspense fallback={room}>{drawn}</Suspense> : null}
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
          const { last, max, mean } = figuresOf(one);
          return (
            <tr key={one.name} data-off={off.has(one.name)}>
              <th scope="row">
                <button type="button" aria-pressed={!off.has(one.name)} onClick={() => toggle(one.name)}>
                  <i data-series={i % 8} aria-hidden="true" />
                  {one.name}
                </button>
              </th>
              <td>{write(last)}</td>
              <td>{write(max)}</td>
              <td>{write(mean)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
