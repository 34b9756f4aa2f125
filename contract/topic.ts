import { z } from "zod";
import { EpochMs, Failure, InstanceRef, ListInput, Long, pageOf, TableFormat } from "./list.ts";
import { Curves, forward, notForward, span } from "./curves.ts";
import { Backlog, LagUnknown, QueueProgress } from "./progress.ts";
import { Applied, changeAt, PlanRef, planOf, RemarkChange, UndoRef } from "./plan.ts";
import { row } from "./row.ts";
import { PAGE_ROWS_MAX, REMARK_MAX } from "./rules/limits.ts";
import { topicNameFault } from "./rules/names.ts";
import { MESSAGE_TYPES, PERMS, orderFaults } from "./rules/topic.ts";

const tags = ["Topics"];

/** `retry` and `dlq` belong to a consumer group, `system` to RocketMQ itself. */
export const TopicKind = z.enum(["normal", "retry", "dlq", "system"]);
export type TopicKind = z.infer<typeof TopicKind>;

/** `message.type` as brokers keep it; what the console creates is one of MESSAGE_TYPES. Source: TopicMessageType.java. */
export const TopicMessageType = z.enum([...MESSAGE_TYPES, "UNSPECIFIED", "MIXED", "PRIORITY", "LITE"]);
export type TopicMessageType = z.infer<typeof TopicMessageType>;

/** A topic as one broker has it; queues are of that broker. */
export const TopicOnBroker = z.object({
  brokerName: z.string(),
  readQueues: z.number().int(),
  writeQueues: z.number().int(),
  /** Permission bits: 8 priority, 4 read, 2 write, 1 inherit. */
  perm: z.number().int(),
  order: z.boolean(),
  messageType: TopicMessageType,
});
export type TopicOnBroker = z.infer<typeof TopicOnBroker>;

export const TopicItem = z.object({
  topic: z.string(),
  kind: TopicKind,
  brokers: z.array(TopicOnBroker),
  /** Every broker was asked and none has it: only name servers know it, and clients that they lead to it are refused. */
  routeOnly: z.boolean(),
  /** A broker that may have part of it did not tell: its sums (queues, messages, TPS, lag) are of the others. */
  atLeast: z.boolean(),
  /** Sums over the brokers; null where no broker told. */
  readQueues: z.number().int().nullable(),
  writeQueues: z.number().int().nullable(),
  /** Of the first broker, null where none told; `differs` says whether another one has a different configuration. */
  perm: z.number().int().nullable(),
  order: z.boolean().nullable(),
  messageType: TopicMessageType.nullable(),
  differs: z.boolean(),
  /** Kept by the console: RocketMQ has no remark for a topic. */
  remark: z.string(),
  /** Messages a second stored lately; null while not known. */
  tps: z.number().nullable(),
  /** Lag of the consuming groups, all together; null while not known. */
  lag: Long.nullable(),
  /** Messages in queues that a consuming group never committed an offset of, all together; null while not known. */
  neverConsumed: Long.nullable(),
  /** Messages now in the queues: newest minus oldest offset. */
  stored: Long.nullable(),
  /** When a queue of it last got a message, as far as brokers told; null where it never did, or nobody told. */
  lastStoredAt: EpochMs.nullable(),
});
export type TopicItem = z.infer<typeof TopicItem>;

export const TopicSort = z.enum([
  "topic",
  "readQueues",
  "writeQueues",
  "tps",
  "lag",
  "neverConsumed",
  "stored",
  "lastStoredAt",
]);
export type TopicSort = z.infer<typeof TopicSort>;

const Filter = z.object({
  search: z.string().max(255).optional(),
  kind: TopicKind.optional(),
  broker: z.string().max(127).optional(),
  messageType: TopicMessageType.optional(),
});

export const TopicRef = InstanceRef.extend({ topic: z.string().min(1).max(255) });

const NewTopicName = z.string().superRefine((name, ctx) => {
  const fault = topicNameFault(name);
  if (fault !== undefined) ctx.addIssue({ code: "custom", message: `name.${fault}` });
});
const Perm = z.union(PERMS.map((p) => z.literal(p)));
const Remark = z.string().max(REMARK_MAX, "remark.tooLong");
/** The limit of the setting is checked by the service; this one only keeps nonsense out. */
const Queues = z.number().int("queues.range").min(1, "queues.range").max(1024, "queues.range");

/** `queues` is for each broker, read and write alike. `order`: strictly ordered, one queue on one broker. */
export const CreateTopic = InstanceRef.extend({
  topic: NewTopicName,
  brokers: z.array(z.string().min(1).max(127)).min(1, "brokers.none").max(256),
  messageType: z.enum(MESSAGE_TYPES),
  queues: Queues,
  perm: Perm,
  order: z.boolean().default(false),
  remark: Remark.default(""),
}).superRefine((topic, ctx) => {
  for (const [field, message] of Object.entries(orderFaults(topic))) {
    ctx.addIssue({ code: "custom", path: [field], message });
  }
});
export type CreateTopic = z.infer<typeof CreateTopic>;

/** What is left out stays as each broker has it. Queues are for each broker that has the topic. */
export const UpdateTopic = TopicRef.extend({
  readQueues: Queues.optional(),
  writeQueues: Queues.optional(),
  perm: Perm.optional(),
  remark: Remark.optional(),
});
export type UpdateTopic = z.infer<typeof UpdateTopic>;

/** Somebody who is online and would notice: `group` is empty where only the client is known. */
export const TopicUser = z.object({
  role: z.enum(["producer", "consumer"]),
  group: z.string(),
  clients: z.array(z.object({ clientId: z.string(), address: z.string() })),
});
export type TopicUser = z.infer<typeof TopicUser>;

export const TopicPlan = planOf(changeAt(TopicOnBroker)).extend({ remark: RemarkChange });
export type TopicPlan = z.infer<typeof TopicPlan>;

/** Who uses a topic now; `failures`: who could not be asked may know others. */
export const TopicUsers = z.object({ users: z.array(TopicUser), failures: z.array(Failure), at: EpochMs });
export type TopicUsers = z.infer<typeof TopicUsers>;

/** What deleting a topic takes with it. */
export const TopicDeletion = TopicPlan.extend({
  topic: z.string(),
  users: z.array(TopicUser),
  /** Name servers that route to a topic that no broker has; empty where a broker has it. */
  routes: z.array(z.string()),
  /** Messages that are lost; null where a broker did not tell. */
  stored: Long.nullable(),
});
export type TopicDeletion = z.infer<typeof TopicDeletion>;

/** Several of them under one plan: those that are blocked stay. */
export const TopicDeletions = planOf(TopicDeletion.omit({ planId: true, expiresAt: true })).extend({
  /** Topics that the filter shows beyond those of the plan. */
  more: z.number().int(),
});
export type TopicDeletions = z.infer<typeof TopicDeletions>;

/** Most topics of one deletion: its plan tells of each of them. */
export const DELETE_MAX = 5000;

export const TopicOverview = TopicItem.extend({
  /** Messages ever stored: the sum of the newest offsets; null where no broker told. */
  historical: Long.nullable(),
  /** Stored since `since` of the request. */
  producedSince: Long.nullable(),
  /** Groups that consume it, RocketMQ's own left out; null where no broker told. */
  groups: z.number().int().nullable(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type TopicOverview = z.infer<typeof TopicOverview>;

export const TopicQueue = z.object({
  brokerName: z.string(),
  queueId: z.number().int(),
  minOffset: Long,
  maxOffset: Long,
  lastUpdate: EpochMs.nullable(),
  /** Whether the broker lets anybody read it; null where it did not tell. */
  readable: z.boolean().nullable(),
});
export type TopicQueue = z.infer<typeof TopicQueue>;

/** A group that consumes the topic. `consumed`, of each queue up to its end at most, and `unacked` are sums over the queues; null where no broker told. */
export const TopicGroup = Backlog.extend({
  group: z.string(),
  /** Why `lag` is null. */
  lagUnknown: LagUnknown.nullable(),
  /** Clients online, subscribed to this topic; null where nobody can say that there is none. */
  clients: z.number().int().nullable(),
  messageModel: z.string().nullable(),
  /** Its clients pop: an offset moves on delivery, and what is unacknowledged they alone tell. Null: they did not say whether they do. */
  pop: z.boolean().nullable(),
  /** A broker did not tell: the sums are of the others. */
  atLeast: z.boolean(),
  consumed: Long.nullable(),
  unacked: Long.nullable(),
  /** Of the messages stored in the last 24 h, how many the group has consumed; null where a broker does not tell. */
  consumed24h: Long.nullable(),
  lastConsumedAt: EpochMs.nullable(),
  queues: z.array(QueueProgress),
});
export type TopicGroup = z.infer<typeof TopicGroup>;

/**
 * A client that sent some of the newest messages. `group` is null for senders that no broker lists as a producer any more, or ever did
 * (gRPC clients come through a proxy): those are one for each host, and `address` is the host alone.
 */
export const TopicProducer = z.object({
  group: z.string().nullable(),
  clientId: z.string().nullable(),
  address: z.string(),
  /** Connections that messages came by. */
  connections: z.number().int(),
  brokers: z.array(z.string()),
  language: z.string().nullable(),
  version: z.string().nullable(),
  lastSentAt: EpochMs,
});
export type TopicProducer = z.infer<typeof TopicProducer>;

export const TopicRoute = z.object({
  brokerName: z.string(),
  cluster: z.string(),
  addrs: z.array(z.object({ brokerId: z.string(), role: z.enum(["master", "slave"]), addr: z.string() })),
  readQueues: z.number().int(),
  writeQueues: z.number().int(),
  perm: z.number().int(),
});
export type TopicRoute = z.infer<typeof TopicRoute>;

const part = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), failures: z.array(Failure), at: EpochMs });

export const topicContract = {
  list: row("topic:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics", tags })
    .input(ListInput.extend(InstanceRef.shape).extend(Filter.shape).extend({ sort: TopicSort.optional() }))
    .output(pageOf(TopicItem)),
  /** Names alone, for fields that take a topic. */
  suggest: row("topic:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topic-names", tags })
    .input(
      InstanceRef.extend({
        search: z.string().max(255).default(""),
        kind: TopicKind.optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
    )
    .output(z.array(z.string())),
  /** What a new topic may have here. */
  options: row("topic:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topic-options", tags })
    .input(InstanceRef)
    .output(
      z.object({
        clusterName: z.string(),
        brokers: z.array(z.object({ brokerName: z.string(), addr: z.string().nullable() })),
        maxQueuesPerBroker: z.number().int(),
      }),
    ),
  /** The overview of one topic; `since` is where "produced today" begins for the person who looks. */
  get: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}", tags })
    .input(TopicRef.extend({ since: z.coerce.number().int().optional() }))
    .output(TopicOverview),
  queues: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/queues", tags })
    .input(TopicRef)
    .output(part(TopicQueue)),
  groups: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/groups", tags })
    .input(TopicRef)
    .output(part(TopicGroup)),
  /** Brokers do not know which topic a producer writes to: read from the newest messages of each queue. */
  producers: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/producers", tags })
    .input(TopicRef)
    .output(
      part(TopicProducer).extend({
        /** Messages in queues that cannot be read, so whose senders nobody knows. */
        unreadable: Long,
      }),
    ),
  /** Producers and consumers online, by everything that may know them; pulls the newest messages of each queue. */
  users: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/users", tags })
    .input(TopicRef)
    .output(TopicUsers),
  route: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/route", tags })
    .input(TopicRef)
    .output(part(TopicRoute).extend({ orderConf: z.string().nullable() })),
  /**
   * `producer_tps` and `topic_consumer_tps`. A mean for each minute is kept of the largest; asking keeps finer samples of
   * this one for a while.
   */
  curves: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/curves", tags })
    .input(TopicRef.extend(span).refine(forward, notForward))
    .output(Curves),
  /** `producer_tps` of the topics of a page: what is kept of all, no finer samples. */
  trends: row("topic:read", { on: "topics", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-trends", tags })
    .input(
      InstanceRef.extend({ topics: z.array(z.string().min(1).max(255)).min(1).max(PAGE_ROWS_MAX), ...span }).refine(
        forward,
        notForward,
      ),
    )
    .output(Curves),
  /** Every field of the configuration as each broker keeps it. */
  config: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/config", tags })
    .input(TopicRef)
    .output(part(z.object({ brokerName: z.string(), addr: z.string(), values: z.record(z.string(), z.string()) }))),
  /** What Apply would do; changes nothing. */
  planCreate: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-plans/create", tags })
    .input(CreateTopic)
    .output(TopicPlan),
  planUpdate: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-plans/update", tags })
    .input(UpdateTopic)
    .output(TopicPlan),
  planDelete: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-plans/delete", tags })
    .input(TopicRef)
    .output(TopicDeletion),
  /** The same for several topics at once, in the order given, or for all that the filter shows. */
  planDeleteMany: row("topic:read", { on: "topics", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-plans/delete-many", tags })
    .input(
      InstanceRef.extend(Filter.shape).extend({
        topics: z.array(z.string().min(1).max(255)).min(1).max(DELETE_MAX).optional(),
      }),
    )
    .output(TopicDeletions),
  planUndo: row("topic:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-plans/undo", tags })
    .input(TopicRef.extend(UndoRef))
    .output(TopicPlan),
  create: row("topic:create", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/topics", tags, successStatus: 201 })
    .input(TopicRef.extend(PlanRef))
    .output(Applied),
  update: row("topic:update", { on: "topic", audit: "write" })
    .route({ method: "PATCH", path: "/instances/{instanceId}/topics/{topic}", tags })
    .input(TopicRef.extend(PlanRef))
    .output(Applied),
  /** Deletes it on every broker and name server; `name` must repeat the topic. */
  delete: row("topic:delete", { on: "topic", audit: "write" })
    .route({ method: "DELETE", path: "/instances/{instanceId}/topics/{topic}", tags })
    .input(TopicRef.extend(PlanRef).extend({ name: z.string().max(255) }))
    .output(Applied),
  /** Deletes several as they were planned, as a job, each behind the same guard; `count` must be how many go. */
  deleteMany: row("topic:delete", { on: "instance", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-deletions", tags, successStatus: 202 })
    .input(InstanceRef.extend(PlanRef).extend({ count: z.number().int() }))
    .output(z.object({ jobId: z.string() })),
  /**
   * The topics named, or all that the filter shows; the import takes the CSV again. The file is named `topics-incomplete`
   * when a broker did not answer.
   */
  export: row("topic:read", { on: "topics", audit: "read" })
    .route({ method: "POST", path: "/instances/{instanceId}/topic-exports", tags })
    .input(
      InstanceRef.extend(Filter.shape).extend({
        topics: z.array(z.string().max(255)).max(10_000).optional(),
        format: TableFormat.default("csv"),
      }),
    )
    .output(z.file()),
};
