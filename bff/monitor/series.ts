import {
  METRICS,
  type ClusterMetric,
  type Labels,
  type LabelsOf,
  type Metric,
  type NameMetric,
} from "#contract/metrics.ts";

/** Which series of a metric, over which time. In PromQL: `metric{match}`, or `sum(metric)`, as a range query. */
export interface SeriesQuery {
  instanceId: string;
  metric: Metric;
  /** Labels that a series must have; all of its labels name one, which is answered though nothing is kept of it. */
  match?: Labels;
  /** Instead, of what is kept of each topic or group: these, each of which is answered though nothing is kept of it. */
  names?: readonly string[];
  /** One series instead: the sum over the cluster, of those metrics that one is recorded of. */
  sum?: boolean;
  from: number;
  to: number;
  /** Wished distance of points in milliseconds. */
  step?: number;
}

export interface LabelledValues {
  metric: Metric;
  labels: Labels;
  /** A mean for each step, null where nothing is known. */
  values: (number | null)[];
}

/** Series at the times `from + n * step`; those of queries for the same span have the same. */
export interface Matrix {
  from: number;
  step: number;
  series: LabelledValues[];
  /** More series match than are answered. */
  more: boolean;
}

/** Where curves are read from: the console's own store, or whoever else keeps the same metrics. */
export interface SeriesSource {
  query(query: SeriesQuery): Promise<Matrix>;
}

/** Several queries, one at least, for one span as one matrix. */
export async function queryAll(
  source: SeriesSource,
  span: Pick<SeriesQuery, "instanceId" | "from" | "to" | "step">,
  queries: readonly Pick<SeriesQuery, "metric" | "match" | "sum">[],
): Promise<Matrix> {
  const matrices = await Promise.all(queries.map((query) => source.query({ ...span, ...query })));
  return matrices.reduce((all, one) => ({
    ...all,
    series: [...all.series, ...one.series],
    more: all.more || one.more,
  }));
}

export interface Sample {
  metric: Metric;
  labels: Labels;
  t: number;
  value: number | null;
  perSlot: boolean;
}

/** Names kept of each metric in a slot, those with the largest values: 1,000 samples a minute and instance at most. */
const MOST_NAMES = 250;

/** What is to be written of one tick. */
export class Recording {
  readonly samples: Sample[] = [];
  /** Slots in which every name that has no sample was at 0. */
  readonly wholeSlots: { metric: Metric; t: number }[] = [];

  /** Nothing where the value is not known. */
  add<M extends Metric>(metric: M, labels: LabelsOf<M>, t: number, value: number | null | undefined): void {
    if (value !== null && value !== undefined) this.samples.push({ metric, labels, t, value, perSlot: false });
  }

  /** The sum over the cluster: kept as a series without labels, so that whoever reads it need not read all. */
  addSum(metric: ClusterMetric, t: number, value: number | null): void {
    if (value !== null) this.samples.push({ metric, labels: {}, t, value, perSlot: false });
  }

  /** The same values in each slot, of those names that are not at 0; null is a name that is not known. */
  addSlots(metric: NameMetric, values: ReadonlyMap<string, number | null>, slots: readonly number[]): void {
    const [label] = METRICS[metric].labels;
    const told = [...values].filter(([, value]) => value !== 0);
    const whole = told.length <= MOST_NAMES;
    const kept = whole ? told : told.sort(([, a], [, b]) => (b ?? 0) - (a ?? 0)).slice(0, MOST_NAMES);
    for (const t of slots) {
      for (const [name, value] of kept)
        this.samples.push({ metric, labels: { [label]: name }, t, value, perSlot: true });
      if (whole) this.wholeSlots.push({ metric, t });
    }
  }
}

/** The length of slots: about a minute, or of six ticks where these are shorter than ten seconds. */
export const slotMsOf = (sampleMs: number): number => Math.max(sampleMs, Math.min(6 * sampleMs, 60_000));
