import type { GlobalToken } from "antd";
import type { ChartProps, Series } from "./chart-model.ts";
import { ticksOf } from "./chart-ticks.ts";

/** What the page gives a drawing: its colours and how values are written. */
export interface Drawing {
  token: GlobalToken;
  write: (value: number | null) => string;
}

type Drawn = Pick<ChartProps, "unit" | "series" | "from" | "to" | "kind" | "marks"> & { shown: Series[] };

/** Colours of series, as the legend has them in CSS. */
const seriesColour = (index: number): string =>
  getComputedStyle(document.documentElement)
    .getPropertyValue(`--rd-series-${index % 8}`)
    .trim();

/** A point between gaps has no line that would show it. */
function pointOf(point: Series["points"][number], index: number, points: Series["points"]) {
  const isGap = (at: number) => (points[at]?.[1] ?? null) === null;
  return isGap(index) || !isGap(index - 1) || !isGap(index + 1)
    ? point
    : { value: point, symbol: "circle", symbolSize: 4 };
}

/** Axes and curves, as the page and a picture of them share. */
export function optionOf(
  { unit, series, shown, from, to, kind = "line", marks = [] }: Drawn,
  { token, write }: Drawing,
) {
  const text = { color: token.colorTextSecondary, fontSize: 11 };
  return {
    animation: false,
    textStyle: { fontFamily: token.fontFamily },
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "axis" as const,
      confine: true,
      backgroundColor: token.colorBgElevated,
      borderColor: token.colorBorderSecondary,
      textStyle: { color: token.colorText, fontSize: 12 },
      valueFormatter: (value: unknown) => write(typeof value === "number" ? value : null),
      axisPointer: { lineStyle: { color: token.colorTextTertiary } },
    },
    xAxis: {
      type: "time" as const,
      min: from,
      max: to,
      axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: token.colorBorder } },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value" as const,
      min: 0,
      splitNumber: 3,
      ...ticksOf(unit, shown),
      axisLabel: { ...text, formatter: (value: number) => write(value) },
      splitLine: { lineStyle: { color: token.colorBorderSecondary } },
    },
    series: shown.map((one, i) => ({
      type: kind,
      name: one.name,
      data: one.points.map(pointOf),
      symbol: "none",
      connectNulls: false,
      color: seriesColour(series.indexOf(one)),
      lineStyle: { width: 1.5 },
      sampling: "lttb" as const,
      ...(i === 0 && marks.length > 0
        ? {
            markLine: {
              symbol: "none",
              silent: true,
              lineStyle: { color: token.colorTextTertiary },
              data: marks.map((mark) => ({ xAxis: mark.at, label: { formatter: mark.text, ...text } })),
            },
          }
        : {}),
    })),
  };
}

/** ECharts' own words for months and days. */
export const echartsLocale = (language: string): string => (language === "zh-CN" ? "ZH" : "EN");
