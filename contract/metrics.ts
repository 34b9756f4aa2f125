interface MetricRow {
  unit: "messages/s" | "bytes/s" | "messages" | "ratio";
  /** A mean over the time up to the next sample, or what was so at the moment of the sample. */
  is: "mean" | "gauge";
  labels: readonly ("broker" | "brokerId" | "topic" | "group")[];
  /** A sample at every tick of the console, or one a slot of about a minute for all names and one a tick for those that are watched. */
  every: "tick" | "slot";
}

const ofBroker = ["broker", "brokerId"] as const;

/**
 * What is kept over time. Names are those of RocketMQ's Prometheus exporter and of the brokers' own metrics, without
 * `rocketmq_`, where these have one; what is summed over the cluster has no labels.
 */
export const METRICS = {
  /** Messages stored; of masters alone, for slaves store copies. */
  broker_tps: { unit: "messages/s", is: "mean", labels: ofBroker, every: "tick" },
  /** Messages handed to consumers. */
  broker_qps: { unit: "messages/s", is: "mean", labels: ofBroker, every: "tick" },
  /** Bytes stored, of masters alone. */
  throughput_in: { unit: "bytes/s", is: "mean", labels: ofBroker, every: "tick" },
  /** Part of the commit log's disk that is used, 0 to 1. */
  brokeruntime_commitlog_disk_ratio: { unit: "ratio", is: "gauge", labels: ofBroker, every: "tick" },
  /** Messages in all topics that people made. */
  stored_messages: { unit: "messages", is: "gauge", labels: [], every: "tick" },
  /** Lag of all groups that are behind. */
  consumer_lag_messages: { unit: "messages", is: "gauge", labels: [], every: "tick" },
  /** How fast the end of a topic moves. */
  producer_tps: { unit: "messages/s", is: "mean", labels: ["topic"], every: "slot" },
  /** How fast committed offsets of a topic move, of all groups together. */
  topic_consumer_tps: { unit: "messages/s", is: "mean", labels: ["topic"], every: "slot" },
  /** How fast committed offsets of a group move, in all topics together. */
  consumer_tps: { unit: "messages/s", is: "mean", labels: ["group"], every: "slot" },
  /** Lag of a group. */
  group_diff: { unit: "messages", is: "gauge", labels: ["group"], every: "slot" },
} as const satisfies Record<string, MetricRow>;

export type Metric = keyof typeof METRICS;
export type Label = MetricRow["labels"][number];
/** What tells one series of a metric from the others. */
export type Labels = Partial<Record<Label, string>>;
/** The labels of a series of one metric, all of them. */
export type LabelsOf<M extends Metric> = Record<(typeof METRICS)[M]["labels"][number], string>;

type MetricsEvery<E> = { [M in Metric]: (typeof METRICS)[M]["every"] extends E ? M : never }[Metric];
/** Of each topic or group. */
export type NameMetric = MetricsEvery<"slot">;
/** Of a cluster or its brokers. */
export type ClusterMetric = MetricsEvery<"tick">;

const isOfCluster = (metric: Metric): metric is ClusterMetric => METRICS[metric].every === "tick";

export const metricNames = Object.keys(METRICS) as Metric[];
export const clusterMetrics: readonly ClusterMetric[] = metricNames.filter(isOfCluster);
