import type { Curves } from "#contract/curves.ts";
import { firstKnown } from "./spark-lines.ts";

interface TrendOf {
  /** From the first moment that is known of any name of the page, so that all of its lines have one axis. */
  values: (number | null)[];
  min: number;
  max: number;
  /** When what is known begins; undefined where it is all that was asked for. */
  since: number | undefined;
  last: number;
  lastAt: number;
}

/** What is known of one name among those of a page: null where nothing is, undefined where it was not asked. */
export function trendOf({ from, step, series }: Curves, name: string): TrendOf | null | undefined {
  const own = series.find(({ labels }) => Object.values(labels).includes(name));
  if (own === undefined) return undefined;
  const { values } = own;
  const known = values.flatMap((value) => value ?? []);
  const last = known.at(-1);
  if (last === undefined) return null;
  const first = firstKnown([values]);
  const at = (n: number) => from + n * step;
  return {
    values: values.slice(firstKnown(series.map((one) => one.values))),
    min: Math.min(...known),
    max: Math.max(...known),
    since: first === 0 ? undefined : at(first),
    last,
    lastAt: at(values.findLastIndex((value) => value !== null)),
  };
}
