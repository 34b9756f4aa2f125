import { z } from "zod";
import { GroupRef } from "./group.ts";
import { GroupClient } from "./group-client.ts";
import { EpochMs, Failure, InstanceRef, ListInput, Long, pageOf } from "./list.ts";
import { Backlog, LagUnknown } from "./progress.ts";
import { row } from "./row.ts";

const tags = ["Online clients"];

const Filter = { search: z.string().max(255).optional(), broker: z.string().max(127).optional() };

/**
 * A producer group that is connected, and a topic that some of the newest messages came to over its connections: brokers do not keep which topic a
 * producer writes to. A group of which none was seen is one row, without a topic.
 */
export const ProducerItem = z.object({
  group: z.string(),
  topic: z.string().nullable(),
  /** Store time of the newest of those messages. */
  lastSentAt: EpochMs.nullable(),
  /** False: another producer group sends over the very same connection, so that either may be the one. */
  certain: z.boolean(),
  clients: z.number().int(),
  languages: z.array(z.string()),
  brokers: z.array(z.string()),
  /** Two of its clients have the same id. */
  shared: z.boolean(),
});
export type ProducerItem = z.infer<typeof ProducerItem>;

/** Producers that cannot be seen, and what of the topics was looked at. */
export const ProducersSeen = z.object({
  /** Hosts of proxies in cluster mode, which tell nobody over remoting who produces through them. */
  proxies: z.array(z.string()),
  /** The topics written to last, whose newest messages were looked at, and all topics of people. */
  lookedAt: z.number().int(),
  topics: z.number().int(),
  /** Newest messages of a queue that were looked at. */
  perQueue: z.number().int(),
});

/** One client of a producer group, whichever brokers it is connected to. */
export const ProducerClient = z.object({
  clientId: z.string(),
  /** Another client has the same id. */
  shared: z.boolean(),
  /** What follows the host in the client id. */
  instanceName: z.string().nullable(),
  language: z.string().nullable(),
  version: z.string().nullable(),
  /** Its connection to each broker; `heardAt`: its last heartbeat there, null where the broker does not tell. */
  connections: z.array(z.object({ brokerName: z.string(), address: z.string(), heardAt: EpochMs.nullable() })),
});
export type ProducerClient = z.infer<typeof ProducerClient>;

/** Whether clients of a group are online; `unseen`: none was seen, and somebody who may know of one could not be asked. */
export const Presence = z.enum(["online", "offline", "unseen"]);
export type Presence = z.infer<typeof Presence>;

/** A group and a topic that it consumes: that it has offsets of, or that its clients subscribe to. Null: neither. */
export const ConsumerItem = Backlog.extend({
  group: z.string(),
  topic: z.string().nullable(),
  presence: Presence,
  /** Online of the group; null while unseen. */
  clients: z.number().int().nullable(),
  /** Several clients have one id. */
  shared: z.boolean(),
  /** Its clients are known to subscribe to the topic in different ways. */
  differs: z.boolean(),
  /** Null: nobody who is online says so; false: none of those that are online subscribes to it. */
  subscribed: z.boolean().nullable(),
  consumeType: z.string().nullable(),
  messageModel: z.string().nullable(),
  pop: z.boolean(),
  lagUnknown: LagUnknown.nullable(),
  /** Of the group, over all of its topics. */
  groupTps: z.number().nullable(),
  brokers: z.array(z.string()),
  /** A master that may have part of its figures did not answer: they are of the others. */
  atLeast: z.boolean(),
});
export type ConsumerItem = z.infer<typeof ConsumerItem>;

export const ProducerSort = z.enum(["group", "topic", "clients", "lastSentAt"]);
export type ProducerSort = z.infer<typeof ProducerSort>;
export const ConsumerSort = z.enum(["group", "topic", "clients", "lag", "neverConsumed", "groupTps"]);
export type ConsumerSort = z.infer<typeof ConsumerSort>;

/** Why what is pulled and not acknowledged is not known: `pop` clients did not all say; with `nobodyOnline` it is not known whether the group pops; brokers before 5.0 do not keep it, `neverPulled` since the broker started. */
export const UnackedUnknown = z.enum(["pop", "nobodyOnline", "oldBroker", "neverPulled", "broadcasting", "notRead"]);
export type UnackedUnknown = z.infer<typeof UnackedUnknown>;

/** How long the oldest of some messages has been ready, in ms; 0 where there is none. */
const Longest = z.object({
  ms: z.number().int().nullable(),
  /** Not every queue that may hold an older one was read. */
  atLeast: z.boolean(),
  /** Where that message is. */
  oldest: z.object({ brokerName: z.string(), queueId: z.number().int(), offset: Long, readyAt: EpochMs }).nullable(),
});

/** How far a group is with a topic, over all queues. Definitions: docs of `online.lag` in the console's own hints. */
export const LagRow = Backlog.extend({
  topic: z.string(),
  /** Sum of the ends of the queues: all messages that the topic ever got. */
  total: Long.nullable(),
  /** Sum of the committed offsets, each up to the end of its queue. */
  consumed: Long.nullable(),
  /** Those of the messages stored in the last 24 h that are consumed. */
  consumed24h: Long.nullable(),
  lagUnknown: LagUnknown.nullable(),
  /** Messages a second that brokers handed out, over the last minute. */
  tps: z.number().nullable(),
  /** Of messages from the committed to the pulled offset. */
  longestUnacked: Longest,
  /** Of messages from the pulled offset on. */
  longestUnconsumed: Longest,
  /** Newest pulled minus newest committed offset, or what clients that pop say. */
  unacked: Long.nullable(),
  unackedUnknown: UnackedUnknown.nullable(),
  /** Deliveries that were repeated: all messages that its retry topics ever got. `ofGroup`: for all of its topics together, as brokers keep one retry topic a group. */
  retries: Long.nullable(),
  retriesOfGroup: z.boolean(),
  atLeast: z.boolean(),
});
export type LagRow = z.infer<typeof LagRow>;

/** Clients of one id, and the queues that nobody has because of it. */
export const SharedId = z.object({
  clientId: z.string(),
  addresses: z.array(z.string()),
});

export const ConsumerDetail = z.object({
  clients: z.array(GroupClient),
  sharedIds: z.array(SharedId),
  /** Queues of what the group consumes that no client has; null: not every client said which are its own, or they share all. */
  unowned: z
    .array(
      z.object({
        topic: z.string(),
        brokerName: z.string(),
        queueId: z.number().int(),
        waiting: Long,
      }),
    )
    .nullable(),
  queues: z.number().int().nullable(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type ConsumerDetail = z.infer<typeof ConsumerDetail>;

export const onlineContract = {
  /** Producer groups that masters have connections of (328, since 4.9.4; of older brokers only a group whose whole name is searched for, 204). */
  producers: row("topic:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/producers", tags })
    .input(ListInput.extend(InstanceRef.shape).extend(Filter).extend({ sort: ProducerSort.optional() }))
    .output(pageOf(ProducerItem).extend({ seen: ProducersSeen })),
  /** The connections of a producer group. */
  producer: row("topic:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/producers/{group}", tags })
    .input(GroupRef)
    .output(z.object({ items: z.array(ProducerClient), failures: z.array(Failure), at: EpochMs })),
  /** Groups and the topics that they consume, by what was last swept; the clients of those on the page as they are now. */
  consumers: row("group:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/consumers", tags })
    .input(
      ListInput.extend(InstanceRef.shape)
        .extend(Filter)
        .extend({ presence: Presence.optional(), sort: ConsumerSort.optional() }),
    )
    .output(pageOf(ConsumerItem)),
  /** The clients of a group, those that share an id, and the queues that are left to nobody. */
  consumer: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/consumers/{group}", tags })
    .input(GroupRef)
    .output(ConsumerDetail),
  /** How far a group is, topic by topic; reads one message a queue at most twice, `more` topics beyond those are left out. */
  lag: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/consumers/{group}/lag", tags })
    .input(GroupRef.extend({ topic: z.string().min(1).max(255).optional() }))
    .output(z.object({ items: z.array(LagRow), more: z.number().int(), failures: z.array(Failure), at: EpochMs })),
};
