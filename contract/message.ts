import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { EpochMs, Failure, InstanceRef, Long, Names } from "./list.ts";
import { row } from "./row.ts";

const tags = ["Messages"];

const Topic = z.string().min(1).max(255);
const Group = z.string().min(1).max(255);

/** Where a message lies; no two messages share it. */
export const MessagePlace = z.object({
  topic: Topic,
  brokerName: z.string().min(1).max(255),
  queueId: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  queueOffset: z.string().regex(/^\d{1,19}$/, "offset.invalid"),
});
export type MessagePlace = z.infer<typeof MessagePlace>;

/** A message by its place and what its copies, filters and resets go by; without these none of them makes the verdict. */
export const MessageTold = MessagePlace.extend({
  msgId: z.string().max(1024).optional(),
  offsetMsgId: z.string().max(255).optional(),
  /** By it a reset is told from one of what lay there before. */
  storedAt: EpochMs.optional(),
  /** Null: it has none. */
  tags: z.string().max(32_768).nullable().optional(),
});
export type MessageTold = z.infer<typeof MessageTold>;

/**
 * The verdict on a message for a group. `passed`: the committed offset is beyond it, which is all that a broker keeps; `pulled`: not committed
 * yet; `retry`: it failed and comes again; `consumed`: a client says so in the trace; `skipped`: a reset moved the group over it; `beyondEnd`: the
 * offset, or the message, lies beyond the end of the queue; `neverCommitted`: the group has no offset in the queue; `notSubscribed`: nor do its
 * clients subscribe to the topic; `lost`: retention took it before the group came to it; `broadcasting`: each client has its own offsets;
 * `unknown`: nobody said.
 */
export const MessageState = z.enum([
  "toConsume",
  "pulled",
  "retry",
  "consumed",
  "passed",
  "filtered",
  "skipped",
  "deadLetter",
  "beyondEnd",
  "neverCommitted",
  "notSubscribed",
  "lost",
  "broadcasting",
  "unknown",
]);
export type MessageState = z.infer<typeof MessageState>;

/** What a verdict rests on; each kind has the fields that its text names. */
export const Evidence = z.object({
  kind: z.enum([
    /** The offset of the group in the queue, `offset`, is beyond the message. */
    "committedPast",
    /** It is before it, by `behind` messages. */
    "committedBefore",
    /** Pulled up to `offset`. */
    "pulledPast",
    "noOffset",
    /** At what the group consumed in the last minute it comes to it in about `ms`. */
    "catchUp",
    /** The group consumed nothing in the last minute. */
    "standsStill",
    "nobodyOnline",
    /** Consuming is switched off for the group at the message's broker. */
    "switchedOff",
    /** `count` clients are online and none subscribes to the topic. */
    "nobodySubscribes",
    /** The queue belongs to `client`. */
    "ownedBy",
    /** What its clients subscribe to, `expression`, leaves it out. */
    "leftOut",
    /** Its clients subscribe to the topic in different ways, so that each of them leaves out what another would take. */
    "subscriptionsDiffer",
    "subscriptionsUntold",
    "ownedByNobody",
    /** A copy waits for its time, `at` (null: not known), to be delivered as attempt `attempt`. */
    "retryWaits",
    /** A copy lies in the retry topic as attempt `attempt`, and the group has not passed it. */
    "retryStored",
    /** It was given to a client from there, which has not acknowledged it. */
    "retryPulled",
    /** The group has passed its copy of attempt `attempt`. */
    "retryPassed",
    "deadLetter",
    /** `client` says in the trace that it consumed it, in `ms`; `at`: when, by its clock. */
    "traced",
    /** It says that it failed. */
    "tracedFailure",
    /** It was given it at `at`, and says no more so far. */
    "tracedBegin",
    /** No copy of it is in the retry and dead letter topics of the group. */
    "noCopy",
    /** The group pops: it passes a message when it is handed out. */
    "pops",
    /** `who` moved the group from `offset` to `to`, at `at`. */
    "reset",
    /** The queue begins at `offset` by now. */
    "retention",
    "beyondEnd",
  ]),
  offset: Long.optional(),
  to: Long.optional(),
  behind: Long.optional(),
  at: EpochMs.nullable().optional(),
  ms: z.number().optional(),
  count: z.number().int().optional(),
  attempt: z.number().int().optional(),
  client: z.string().optional(),
  expression: z.string().optional(),
  who: z.string().optional(),
  place: MessagePlace.optional(),
});
export type Evidence = z.infer<typeof Evidence>;

export const Consumption = z.object({
  state: MessageState,
  /** It is as `state` says; else what is known points to it. */
  certain: z.boolean(),
  evidence: z.array(Evidence),
  /** What would tell for certain: the message trace of its clients, their own log, or those who did not answer. */
  wouldTell: z.enum(["trace", "log", "answers"]).nullable(),
  /** The group's offset in the queue; null where it has none, or nobody said. */
  committed: Long.nullable(),
  /** Where the queue ends; null: nobody said. */
  end: Long.nullable(),
  /** What the group's clients subscribe to, where that leaves the message out. */
  subscription: z.string().nullable(),
  /** The copy in the group's dead letter topic. */
  deadLetter: MessagePlace.extend({ retries: z.number().int() }).nullable(),
});
export type Consumption = z.infer<typeof Consumption>;

/** What a message is on its way to: `delayed` by level, `timed` to a moment, `half` not committed, `retry` and `dlq` after failures of a group. */
export const MessageStage = z.enum(["stored", "delayed", "timed", "half", "retry", "dlq"]);
export type MessageStage = z.infer<typeof MessageStage>;

/** A message without its body. */
export const MessageItem = z.object({
  topic: z.string(),
  brokerName: z.string(),
  queueId: z.number().int(),
  queueOffset: Long,
  /** Given by the client (UNIQ_KEY), else the same as `offsetMsgId`. */
  msgId: z.string(),
  /** Broker address and place in its commit log. */
  offsetMsgId: z.string(),
  tags: z.string().nullable(),
  keys: z.array(z.string()),
  storedAt: EpochMs,
  bornAt: EpochMs,
  bornHost: z.string(),
  /** Bytes of the body as stored. */
  bodySize: z.number().int(),
  reconsumeTimes: z.number().int(),
  /** How often it was delivered again; of a dead letter not the failure that made it one. */
  retries: z.number().int(),
  stage: MessageStage,
  /** The topic that it was sent to, where that is not `topic`. */
  realTopic: z.string().nullable(),
});
export type MessageItem = z.infer<typeof MessageItem>;

/** Some bytes of a body: its beginning, in base64. */
const Bytes = z.object({
  base64: z.string(),
  size: z.number().int(),
  /** It has more bytes than `size`: so many were counted. */
  isLarger: z.boolean(),
  truncated: z.boolean(),
});

export const MessageBody = Bytes.extend({
  /** The same unpacked, where the application itself had packed it. */
  unpacked: Bytes.extend({ format: z.enum(["gzip", "zlib"]) }).nullable(),
});
export type MessageBody = z.infer<typeof MessageBody>;

export const MessageDetail = MessageItem.extend({
  storeHost: z.string(),
  /** Bytes of the record in the commit log. */
  storeSize: z.number().int(),
  physicalOffset: Long,
  preparedTransactionOffset: Long,
  /** How client and broker packed the body; the body shown is unpacked. */
  compression: z.enum(["zlib", "lz4", "zstd"]).nullable(),
  bodyCrc: z.number().int(),
  bodyIntact: z.boolean(),
  /** The application's own int. */
  flag: z.number().int(),
  sysFlag: z.number().int(),
  sysFlags: z.array(z.string()),
  properties: z.array(z.object({ name: z.string(), value: z.string(), system: z.boolean() })),
  /** When a delayed message is or was due. */
  dueAt: EpochMs.nullable(),
  /** Null when the body cannot be unpacked. */
  body: MessageBody.nullable(),
  /** Whether clients can still get it from its queue: the topic may have fewer queues now, or no permission to be read. */
  queue: z.enum(["open", "removed", "notReadable"]),
  /** Bounds of its queue now. */
  minOffset: Long,
  maxOffset: Long,
  at: EpochMs,
});
export type MessageDetail = z.infer<typeof MessageDetail>;

/** The beginning of a body, unpacked. */
export const BodyHead = z.object({ base64: z.string(), cut: z.boolean() });
export type BodyHead = z.infer<typeof BodyHead>;

/** A message in a list: what it says, in short. */
export const FoundMessage = MessageItem.extend({
  /** Null: not unpacked here. */
  head: BodyHead.nullable(),
  /** What the application set, as `name=value`; 1,024 characters at most. */
  properties: z.string(),
});
export type FoundMessage = z.infer<typeof FoundMessage>;

const Found = z.object({
  items: z.array(FoundMessage),
  failures: z.array(Failure),
  /** Queues of those asked that could not be read, and may hold more. */
  unread: z.object({ queues: z.number().int(), of: z.number().int() }),
  at: EpochMs,
});
export type FoundMessages = z.infer<typeof Found>;

/** What came since the event before. */
export const MessageTail = z.object({
  items: z.array(FoundMessage),
  /** Messages that came too fast to be shown. */
  passedOver: Long,
  failures: z.array(Failure),
  at: EpochMs,
  /** The last event: the time is over. */
  ended: z.boolean(),
});
export type MessageTail = z.infer<typeof MessageTail>;

const Time = z.coerce.number().int().min(0).max(8.64e15);

export const messageContract = {
  /** Messages with the key, stored between the times (all when left out), newest first; each broker gives its newest 64 at most. */
  byKey: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/by-key", tags })
    .input(
      InstanceRef.extend({
        topic: Topic,
        key: z.string().min(1).max(1024),
        from: Time.optional(),
        to: Time.optional(),
      }),
    )
    .output(Found.extend({ /** A broker gave as many as it gives at most. */ capped: z.boolean() })),
  /** By either kind of id, or the line that a client logged of one message; an id that a client made needs the topic. */
  byId: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/by-id", tags })
    .input(InstanceRef.extend({ id: z.string().trim().min(1, "id.empty").max(1024), topic: Topic.optional() }))
    .output(Found),
  /** Messages of a queue from an offset on. */
  byOffset: row("message:read", { on: "message", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/by-offset", tags })
    .input(InstanceRef.extend(MessagePlace.shape).extend({ count: z.coerce.number().int().min(1).max(32).default(10) }))
    .output(
      Found.extend({
        minOffset: Long,
        maxOffset: Long,
        /** The broker gave less and less: what is shown is not all that was asked for. */
        cut: z.boolean(),
      }),
    ),
  /** Messages of a topic between two store times, merged over its queues. */
  byTime: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/by-time", tags })
    .input(
      InstanceRef.extend({
        topic: Topic,
        from: Time,
        to: Time,
        order: z.enum(["newest", "oldest"]).default("newest"),
        pageSize: z.coerce.number().int().min(1).max(200).default(20),
        /** Of the page before. */
        cursor: z.string().max(1000).optional(),
      }),
    )
    .output(
      Found.extend({
        /** Null on the last page. */
        cursor: z.string().nullable(),
        /** On the first page: messages between the times by the queues' offsets. */
        total: Long.nullable(),
        /** The topic is compacted: the figure counts messages that are no longer there. */
        atMost: z.boolean(),
      }),
    ),
  /** Streams what is stored from now on, newest first, for ten minutes. */
  tail: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/tail", tags })
    .input(InstanceRef.extend({ topic: Topic }))
    .output(eventIterator(MessageTail)),
  get: row("message:read", { on: "message", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/detail", tags })
    .input(InstanceRef.extend(MessagePlace.shape))
    .output(MessageDetail),
  /** The whole body as a file. */
  body: row("message:read", { on: "message", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/body", tags })
    .input(InstanceRef.extend(MessagePlace.shape))
    .output(z.file()),
  /** What is known of each for one group, in their order. */
  states: row("message:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/message-states", tags })
    .input(InstanceRef.extend({ group: Group, messages: z.array(MessageTold).max(200) }))
    .output(z.object({ states: z.array(Consumption), failures: z.array(Failure) })),
  /** Every group that consumes the message's topic, with what is known of the message for it. */
  groups: row("message:read", { on: "message", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/groups", tags })
    .input(InstanceRef.extend(MessagePlace.shape))
    .output(z.object({ items: z.array(Consumption.extend({ group: z.string() })), failures: z.array(Failure) })),
  /** Names of the groups that consume a topic, for fields that take one. */
  groupNames: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/message-groups", tags })
    .input(InstanceRef.extend({ topic: Topic }))
    .output(Names),
};
