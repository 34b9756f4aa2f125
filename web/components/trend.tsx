import { keepPreviousData, useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import type { Curves } from "#contract/curves.ts";
import { useFormat, useNow } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { rangeOf } from "../lib/time-range.ts";
import { NotKnown } from "./backlog.tsx";
import { CHARTED_PRESET, type ChartedSpan } from "./charted-span.ts";
import { Spark } from "./spark.tsx";
import { trendOf } from "./trend-of.ts";

const STEP_MS = 60_000;

/** The last hour by the minute, as all names have samples; it moves on with the clock. */
export function useTrendSpan(): ChartedSpan {
  const now = useNow(STEP_MS);
  return { ...rangeOf({}, CHARTED_PRESET, now, STEP_MS), step: STEP_MS };
}

interface TrendProps<Key extends QueryKey> {
  name: string;
  /** Of all names of the page: one question for the whole column, and none while it is hidden. */
  curves: UseQueryOptions<Curves, Error, Curves, Key>;
  as: "rate" | "number";
}

/** The last hour of a figure in a row. */
export function Trend<Key extends QueryKey>({ name, curves, as }: TrendProps<Key>) {
  const t = useT();
  const format = useFormat();
  const { data, error } = useQuery({ ...curves, placeholderData: keepPreviousData, staleTime: STEP_MS });
  if (data === undefined) return error ? <NotKnown why={t("trend.notRead")} /> : null;
  const trend = trendOf(data, name);
  if (trend === undefined) return null;
  if (trend === null) return <NotKnown why={t("trend.unknown")} />;
  const clock = (at: number) => format.time(at).slice(11, 16);
  const figures = {
    min: format[as](trend.min),
    max: format[as](trend.max),
    last: format[as](trend.last),
    at: clock(trend.lastAt),
  };
  const label =
    trend.since === undefined ? t("trend.hour", figures) : t("trend.since", { ...figures, from: clock(trend.since) });
  return <Spark values={trend.values} label={label} />;
}
