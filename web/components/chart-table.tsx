import { useRef } from "react";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { rowsOf } from "./chart-rows.ts";
import { useScrollRegion } from "./scroll-region.ts";
import { useUnit, type ChartProps, type Series } from "./chart-model.ts";

interface ChartTableProps extends ChartProps {
  shown: Series[];
  height: number;
}

/** The figures behind a chart, newest first, in the room of the drawing. */
export function ChartTable({ title, unit, shown, height }: ChartTableProps) {
  const t = useT();
  const format = useFormat();
  const write = useUnit(unit);
  const box = useRef<HTMLDivElement>(null);
  useScrollRegion(box, t("chart.table"));
  const rows = rowsOf(shown)
    .filter(({ values }) => values.some((value) => value !== null))
    .toReversed();
  return (
    <div ref={box} className="rd-chart-figures" style={{ height }}>
      <table aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{t("chart.time")}</th>
            {shown.map(({ name }) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, values }) => (
            <tr key={at}>
              <th scope="row">{format.time(at)}</th>
              {shown.map(({ name }, column) => (
                <td key={name}>{write(values[column] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
