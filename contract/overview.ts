import { z } from "zod";
import { Curves, forward, notForward, span } from "./curves.ts";
import { EpochMs, Failure, InstanceRef, Long } from "./list.ts";
import { Backlog } from "./progress.ts";
import { clusterMetrics } from "./metrics.ts";
import { problems, type ProblemCode } from "./problem.ts";
import { row } from "./row.ts";

const tags = ["Overview"];
const code = z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]);

/** How many rows the lists of largest lags and largest topics have. */
export const TOP_MAX = 20;

const NamesrvState = z.object({ addr: z.string(), ok: z.boolean(), code: code.optional() });

/** One broker (one broker id) as its runtime table (code 28) tells; figures are null while it does not answer. */
export const BrokerState = z.object({
  brokerName: z.string(),
  brokerId: z.string(),
  role: z.enum(["master", "slave"]),
  addr: z.string(),
  ok: z.boolean(),
  code: code.optional(),
  version: z.string().nullable(),
  bootAt: EpochMs.nullable(),
  /** Messages a second since the previous sample; null until there are two samples of the same run of the broker. */
  produceTps: z.number().nullable(),
  consumeTps: z.number().nullable(),
  producedToday: Long.nullable(),
  consumedToday: Long.nullable(),
  producedYesterday: Long.nullable(),
  consumedYesterday: Long.nullable(),
  /** Part of the commit log's disk that is used, 0 to 1. */
  diskRatio: z.number().nullable(),
  /** Bytes of the commit log a slave still has to fetch (code 907 of its master). */
  replicationLagBytes: Long.nullable(),
  inSync: z.boolean().nullable(),
});
export type BrokerState = z.infer<typeof BrokerState>;

export const TopicShare = z.object({ topic: z.string(), stored: Long, total: Long, tps: z.number().nullable() });
export type TopicShare = z.infer<typeof TopicShare>;
/** `consumedUntil`: store time of the last consumed message in the queue that is furthest behind. */
export const GroupLag = Backlog.extend({
  group: z.string(),
  topic: z.string(),
  consumedUntil: EpochMs.nullable(),
  /** A master that may have part of it did not answer. */
  atLeast: z.boolean(),
});
export type GroupLag = z.infer<typeof GroupLag>;

export const overviewContract = {
  /** Counts of the cluster's parts and what it does now. */
  summary: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/overview", tags })
    .input(InstanceRef)
    .output(
      z.object({
        clusterName: z.string().nullable(),
        namesrvs: z.array(NamesrvState),
        /** Null while no name server says who there is. */
        masters: z.number().int().nullable(),
        slaves: z.number().int().nullable(),
        produceTps: z.number().nullable(),
        consumeTps: z.number().nullable(),
        producedToday: Long.nullable(),
        consumedToday: Long.nullable(),
        failures: z.array(Failure),
        at: EpochMs,
      }),
    ),
  /** Producer groups with clients online (code 328) and consumer groups that exist (code 201); null where no broker can tell. */
  clients: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/overview/clients", tags })
    .input(InstanceRef)
    .output(
      z.object({
        producerGroups: z.number().int().nullable(),
        consumerGroups: z.number().int().nullable(),
        failures: z.array(Failure),
        at: EpochMs,
      }),
    ),
  brokers: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/overview/brokers", tags })
    .input(InstanceRef)
    .output(z.object({ brokers: z.array(BrokerState), failures: z.array(Failure), at: EpochMs })),
  /**
   * `historical` is the sum of the queues' max offsets, `stored` of max minus min offsets, over the topics people made
   * (no system, retry or dead-letter topics); `topics` are the ones with most stored messages.
   */
  messages: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/overview/messages", tags })
    .input(InstanceRef)
    .output(
      z.object({
        historical: Long,
        stored: Long,
        topicCount: z.number().int(),
        topics: z.array(TopicShare).max(TOP_MAX),
        failures: z.array(Failure),
        at: EpochMs,
      }),
    ),
  /** The groups and topics with most before them, the larger of both figures; the totals are over all groups but RocketMQ's own and those that broadcast. */
  lags: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/overview/lags", tags })
    .input(InstanceRef)
    .output(
      z.object({
        lag: Long,
        neverConsumed: Long,
        groups: z.array(GroupLag).max(TOP_MAX),
        failures: z.array(Failure),
        at: EpochMs,
      }),
    ),
};

export const historyContract = {
  /** Curves of the cluster or of each of its brokers. A ratio has no sum: it is always told broker by broker. */
  series: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/history", tags })
    .input(
      InstanceRef.extend({
        metrics: z.array(z.enum(clusterMetrics)).min(1).max(clusterMetrics.length),
        by: z.enum(["cluster", "broker"]).default("cluster"),
        ...span,
      }).refine(forward, notForward),
    )
    .output(Curves),
};
