import { theme, type GlobalToken } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import {
  AriaComponent,
  BrushComponent,
  GridComponent,
  MarkLineComponent,
  ToolboxComponent,
  TooltipComponent,
} from "echarts/components";
import { connect, init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { useUnit, type ChartProps, type Series } from "./chart.tsx";

use([
  BarChart,
  LineChart,
  AriaComponent,
  BrushComponent,
  GridComponent,
  MarkLineComponent,
  ToolboxComponent,
  TooltipComponent,
  CanvasRenderer,
]);

interface CanvasProps extends ChartProps {
  shown: Series[];
  height: number;
}

/** Colours of series, as the legend has them in CSS. */
const seriesColour = (element: HTMLElement, index: number): string =>
  getComputedStyle(element)
    .getPropertyValue(`--rd-series-${index % 8}`)
    .trim();

interface BrushEnd {
  areas?: { coordRange?: [number, number] }[];
}

/** The drawing itself; a chunk of its own, loaded when the first chart is seen. */
export function ChartCanvas(props: CanvasProps) {
  const { group, height, onRange } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const range = useRef(onRange);
  const option = useOption(props);
  useEffect(() => {
    range.current = onRange;
  });
  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current);
    chart.current = made;
    if (group) {
      made.group = group;
      connect(group);
    }
    const resize = new ResizeObserver(() => made.resize());
    resize.observe(box.current);
    made.on("brushEnd", (event) => {
      const area = (event as BrushEnd).areas?.[0]?.coordRange;
      made.dispatchAction({ type: "brush", areas: [] });
      if (area && area[1] - area[0] > 1000) range.current?.(Math.round(area[0]), Math.round(area[1]));
    });
    return () => {
      resize.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, [group]);
  useEffect(() => {
    if (!chart.current || !box.current) return;
    chart.current.setOption(option(box.current), { notMerge: true });
    if (onRange)
      chart.current.dispatchAction({
        type: "takeGlobalCursor",
        key: "brush",
        brushOption: { brushType: "lineX", brushMode: "single" },
      });
  }, [option, onRange]);
  return <div ref={box} style={{ height }} role="img" aria-label={props.title} />;
}

function useOption(props: CanvasProps): (element: HTMLElement) => ReturnType<typeof optionOf> {
  const { token } = theme.useToken();
  const write = useUnit(props.unit);
  const { series, shown, from, to, kind, marks } = props;
  const selectable = props.onRange !== undefined;
  return useMemo(
    () => (element: HTMLElement) =>
      optionOf({ series, shown, from, to, kind, marks, selectable }, { element, token, write }),
    [series, shown, from, to, kind, marks, selectable, token, write],
  );
}

interface Drawing {
  element: HTMLElement;
  token: GlobalToken;
  write: (value: number | null) => string;
}

function optionOf(
  {
    series,
    shown,
    from,
    to,
    kind = "line",
    marks = [],
    selectable,
  }: Omit<CanvasProps, "title" | "unit" | "height"> & { selectable: boolean },
  { element, token, write }: Drawing,
) {
  const text = { color: token.colorTextSecondary, fontSize: 11 };
  return {
    animation: false,
    aria: { enabled: true },
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
      axisLabel: { ...text, formatter: (value: number) => write(value) },
      splitLine: { lineStyle: { color: token.colorBorderSecondary } },
    },
    ...(selectable
      ? {
          brush: {
            xAxisIndex: 0,
            brushStyle: { color: token.colorFillSecondary, borderColor: token.colorTextTertiary },
          },
          toolbox: { show: false },
        }
      : {}),
    series: shown.map((one, i) => {
      const colour = seriesColour(element, series.indexOf(one));
      return {
        type: kind,
        name: one.name,
        data: one.points,
        showSymbol: false,
        connectNulls: false,
        color: colour,
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
      };
    }),
  };
}
