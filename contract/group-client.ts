import { z } from "zod";
import { EpochMs, Failure, Long } from "./list.ts";

export const GroupClient = z.object({
  clientId: z.string(),
  /** Another client has the same id: they take each other's queues. */
  shared: z.boolean(),
  address: z.string(),
  language: z.string().nullable(),
  version: z.string().nullable(),
  /** CONSUME_PASSIVELY (push), CONSUME_ACTIVELY (pull) or CONSUME_POP. */
  consumeType: z.string().nullable(),
  messageModel: z.string().nullable(),
  consumeFromWhere: z.string().nullable(),
  /** Brokers or proxies that it is connected to. */
  seenAt: z.array(z.string()),
});
export type GroupClient = z.infer<typeof GroupClient>;

export const GroupSubscription = z.object({
  topic: z.string(),
  /** Null: nobody online subscribes to it, the group only has offsets of it. */
  expression: z.string().nullable(),
  /** TAG or SQL92. */
  type: z.string().nullable(),
  retry: z.boolean(),
});
export type GroupSubscription = z.infer<typeof GroupSubscription>;

const QueueRef = z.object({ topic: z.string(), brokerName: z.string(), queueId: z.number().int() });
const Subscribed = z.object({ topic: z.string(), expression: z.string(), type: z.string() });

/** What a client itself says that it subscribes to and which queues are its own; null where it did not say. */
export const ClientShare = z.object({
  clientId: z.string(),
  address: z.string(),
  subscriptions: z.array(Subscribed).nullable(),
  /** Null too of one that pulls: it need not tell which queues it reads. */
  queues: z.array(QueueRef).nullable(),
  /** Messages that it popped and has not acknowledged. */
  unacked: z.number().int().nullable(),
  /** It said more than is told here. */
  cut: z.boolean(),
  /** Null too where it was not asked yet. */
  failure: Failure.nullable(),
});
export type ClientShare = z.infer<typeof ClientShare>;

/** `difference` of the clients on a topic: some do not subscribe, other expressions, or the same tags in another order. */
export const Consistency = z.object({
  /** Null: fewer than two clients said all, so there is nothing to compare. */
  consistent: z.boolean().nullable(),
  clients: z.array(ClientShare),
  topics: z.array(z.object({ topic: z.string(), difference: z.enum(["missing", "expression", "order"]).nullable() })),
  failures: z.array(Failure),
  /** When the first of those that answered did. */
  at: EpochMs,
});
export type Consistency = z.infer<typeof Consistency>;

/** What a client says of itself. */
export const RunningInfo = z.object({
  clientId: z.string(),
  /** Broker that asked it. */
  via: z.string(),
  properties: z.record(z.string(), z.string()),
  queues: z.array(
    z.object({
      topic: z.string(),
      brokerName: z.string(),
      queueId: z.number().int(),
      commitOffset: Long,
      cachedMessages: z.number().int(),
      cachedMiB: z.number().int(),
      locked: z.boolean(),
      lastPullAt: EpochMs.nullable(),
      lastConsumeAt: EpochMs.nullable(),
    }),
  ),
  /** Queues that it pops, with what waits for its acknowledgement. */
  popQueues: z.array(
    z.object({
      topic: z.string(),
      brokerName: z.string(),
      queueId: z.number().int(),
      unacked: z.number().int(),
      lastPopAt: EpochMs.nullable(),
    }),
  ),
  status: z.array(
    z.object({
      topic: z.string(),
      pullMs: z.number(),
      pullTps: z.number(),
      consumeMs: z.number(),
      okTps: z.number(),
      failedTps: z.number(),
      failed: z.number(),
    }),
  ),
  /** Thread stacks; null unless asked for. */
  stack: z.string().nullable(),
  at: EpochMs,
});
export type RunningInfo = z.infer<typeof RunningInfo>;
