import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { formatTime, zone } from "../lib/format.ts";
import { echartsLocale, optionOf, type Drawing } from "./chart-option.ts";
import { figuresOf } from "./chart-rows.ts";
import type { ChartProps, Series } from "./chart-model.ts";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, CanvasRenderer]);

const SIZE = { width: 1200, height: 480 };
const LINE = 20;

interface Words {
  language: string;
  last: string;
  max: string;
  mean: string;
}

/** The chart as a PNG that says by itself what it shows: title, time, and the figures of each series. */
export async function chartPicture(
  props: ChartProps & { shown: Series[] },
  drawing: Drawing,
  words: Words,
): Promise<Blob> {
  const { title, shown, from, to } = props;
  const { token, write } = drawing;
  const figures = new Map(shown.map((one) => [one.name, figuresOf(one)]));
  const says = (name: string): string => {
    const { last = null, max = null, mean = null } = figures.get(name) ?? {};
    return `${name}   ${words.last} ${write(last)} · ${words.max} ${write(max)} · ${words.mean} ${write(mean)}`;
  };
  const chart = init(document.createElement("div"), null, {
    ...SIZE,
    height: SIZE.height + shown.length * LINE,
    locale: echartsLocale(words.language),
  });
  try {
    chart.setOption({
      ...optionOf(props, drawing),
      grid: { left: 24, right: 32, top: 76, bottom: 24 + shown.length * LINE, containLabel: true },
      title: {
        text: title,
        subtext: `${formatTime(from)} – ${formatTime(to)} (${zone(to)})`,
        left: 16,
        top: 12,
        textStyle: { color: token.colorText, fontSize: 15 },
        subtextStyle: { color: token.colorTextSecondary, fontSize: 12 },
      },
      legend: {
        orient: "vertical",
        left: 24,
        bottom: 12,
        icon: "rect",
        itemWidth: 12,
        itemHeight: 3,
        itemGap: LINE - 14,
        textStyle: { color: token.colorText, fontSize: 12, lineHeight: 14 },
        formatter: says,
      },
    });
    const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: token.colorBgContainer });
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is empty"))), "image/png");
    });
  } finally {
    chart.dispose();
  }
}
