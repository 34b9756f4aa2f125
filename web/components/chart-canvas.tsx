import { theme } from "antd";
import { BarChart, LineChart } from "echarts/charts";
import {
  BrushComponent,
  GridComponent,
  MarkLineComponent,
  ToolboxComponent,
  TooltipComponent,
} from "echarts/components";
import { connect, init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { useLanguage } from "../lib/i18n.ts";
import { echartsLocale, optionOf } from "./chart-option.ts";
import { useUnit, type ChartProps, type Series } from "./chart-model.ts";

use([
  BarChart,
  LineChart,
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

interface BrushEnd {
  areas?: { coordRange?: [number, number] }[];
}

/** The drawing itself; a chunk of its own, loaded when the first chart is seen. */
export function ChartCanvas(props: CanvasProps) {
  const { group, height, onRange } = props;
  const locale = echartsLocale(useLanguage());
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const range = useRef(onRange);
  const option = useOption(props);
  useEffect(() => {
    range.current = onRange;
  });
  useEffect(() => {
    if (!box.current) return undefined;
    const made = init(box.current, null, { locale });
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
  }, [group, locale]);
  useEffect(() => {
    if (!chart.current) return;
    chart.current.setOption(option(), { notMerge: true });
    if (onRange)
      chart.current.dispatchAction({
        type: "takeGlobalCursor",
        key: "brush",
        brushOption: { brushType: "lineX", brushMode: "single" },
      });
  }, [option, onRange]);
  return <div ref={box} style={{ height }} role="img" aria-label={props.title} />;
}

/** Made when it is drawn: colours are read from the page then. */
function useOption(props: CanvasProps): () => Record<string, unknown> {
  const { token } = theme.useToken();
  const { unit, series, shown, from, to, kind, marks } = props;
  const write = useUnit(unit);
  const selectable = props.onRange !== undefined;
  return useMemo(
    () => () => ({
      ...optionOf({ unit, series, shown, from, to, kind, marks }, { token, write }),
      ...(selectable
        ? {
            brush: {
              xAxisIndex: 0,
              brushStyle: { color: token.colorFillSecondary, borderColor: token.colorTextTertiary },
            },
            toolbox: { show: false },
          }
        : {}),
    }),
    [unit, series, shown, from, to, kind, marks, selectable, token, write],
  );
}
