import { z } from "zod";
import { EpochMs, Failure, InstanceRef } from "./list.ts";
import { MessagePlace } from "./message.ts";
import { row } from "./row.ts";

const tags = ["Messages"];

const Topic = z.string().min(1).max(255);

/** What a producer tells of a send that a broker answered. Times are the client's; costs in milliseconds, negative as told. */
export const TraceSend = z.object({
  at: EpochMs.nullable(),
  /** When a broker stored this record. */
  recordedAt: EpochMs,
  group: z.string().nullable(),
  topic: z.string().nullable(),
  tags: z.string().nullable(),
  keys: z.array(z.string()),
  type: z.enum(["normal", "half", "commit", "delay", "order"]).nullable(),
  msgIds: z.array(z.string()),
  offsetMsgId: z.string().nullable(),
  storeHost: z.string().nullable(),
  bodySize: z.number().int().nullable(),
  cost: z.number().int().nullable(),
  /** Null: not told, or told as something else. */
  success: z.boolean().nullable(),
  /** Its host where the record tells it, else from where it sent the record. */
  client: z.string(),
});
export type TraceSend = z.infer<typeof TraceSend>;

/** The end of a transaction: COMMIT_MESSAGE, ROLLBACK_MESSAGE, UNKNOW. */
export const TraceEnd = z.object({
  at: EpochMs.nullable(),
  recordedAt: EpochMs,
  group: z.string().nullable(),
  state: z.string().nullable(),
  transactionId: z.string().nullable(),
  fromCheck: z.boolean().nullable(),
  client: z.string(),
});
export type TraceEnd = z.infer<typeof TraceEnd>;

export const TraceRecall = z.object({
  at: EpochMs.nullable(),
  recordedAt: EpochMs,
  group: z.string().nullable(),
  success: z.boolean().nullable(),
  client: z.string(),
});
export type TraceRecall = z.infer<typeof TraceRecall>;

/** A message given to a client's listener once. */
export const TraceDelivery = z.object({
  requestId: z.string(),
  /** How often it had been given back before; null: its beginning is not recorded. */
  attempt: z.number().int().nullable(),
  beganAt: EpochMs.nullable(),
  endedAt: EpochMs.nullable(),
  /** Whether its end is recorded. */
  ended: z.boolean(),
  cost: z.number().int().nullable(),
  success: z.boolean().nullable(),
  /** What the listener did; null: not told. */
  context: z.enum(["success", "timeout", "exception", "returnedNull", "failed"]).nullable(),
  client: z.string(),
  recordedAt: EpochMs,
});
export type TraceDelivery = z.infer<typeof TraceDelivery>;

/**
 * Clocks that differ, by at least so many ms: `beforeStored` a delivery began before the broker had the message, `afterStored` the producer sent
 * it after that, `afterRecorded` the client tells a time at which its record was stored already, `endedBefore` it tells that a delivery ended before it began.
 */
export const TraceSkew = z.object({
  kind: z.enum(["beforeStored", "afterStored", "afterRecorded", "endedBefore"]),
  client: z.string(),
  byMs: z.number().int(),
});
export type TraceSkew = z.infer<typeof TraceSkew>;

/** What cannot be read: the beginning of its text. */
export const TraceBroken = z.object({
  text: z.string(),
  recordedAt: EpochMs,
  client: z.string(),
  /** It names the message; else it may be of another. */
  own: z.boolean(),
});
export type TraceBroken = z.infer<typeof TraceBroken>;

/**
 * `noTopic`: no broker has the trace topic; `unreadable`: nothing was found, and not everything could be read; `none`: nothing, though all was
 * read, as clients write records only where they are told to.
 */
export const TraceState = z.enum(["noTopic", "unreadable", "none", "found"]);
export type TraceState = z.infer<typeof TraceState>;

const read = {
  state: TraceState,
  failures: z.array(Failure),
  /** There are more records than are read. */
  cut: z.boolean(),
  /** Trace messages of this id or key that cannot be unpacked. */
  brokenMessages: z.number().int(),
  at: EpochMs,
};

export const MessageTrace = z.object({
  ...read,
  msgId: z.string(),
  /** Where and when the broker took it from the producer, if it still has it. */
  stored: MessagePlace.extend({ at: EpochMs }).nullable(),
  sends: z.array(TraceSend),
  ends: z.array(TraceEnd),
  recalls: z.array(TraceRecall),
  /** By group; null: old clients do not tell it in the record of an end. */
  groups: z.array(z.object({ group: z.string().nullable(), deliveries: z.array(TraceDelivery) })),
  broken: z.array(TraceBroken),
  skew: z.array(TraceSkew),
});
export type MessageTrace = z.infer<typeof MessageTrace>;

/** A message that has the key, in short. */
export const TracedMessage = z.object({
  msgId: z.string(),
  topic: z.string().nullable(),
  keys: z.array(z.string()),
  /** By the client's clock: when it was sent, else first delivered. */
  at: EpochMs.nullable(),
  sends: z.number().int(),
  deliveries: z.number().int(),
  /** Deliveries that failed. */
  failed: z.number().int(),
});
export type TracedMessage = z.infer<typeof TracedMessage>;

export const traceContract = {
  /** By its id, as clients know it; deliveries, retries and dead letters share it. */
  byMessage: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/traces/by-message", tags })
    .input(
      InstanceRef.extend({
        id: z.string().trim().min(1, "id.empty").max(1024),
        traceTopic: Topic,
        /** Of the message, if known. */
        topic: Topic.optional(),
      }),
    )
    .output(MessageTrace),
  /** Messages with a key, the newest first, and how far the trace tells of them. */
  byKey: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/traces/by-key", tags })
    .input(InstanceRef.extend({ key: z.string().min(1).max(1024), traceTopic: Topic, topic: Topic.optional() }))
    .output(z.object({ ...read, messages: z.array(TracedMessage), broken: z.array(TraceBroken) })),
  /** Topics of the cluster that are made for traces, by their names. */
  topics: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/trace-topics", tags })
    .input(InstanceRef)
    .output(z.object({ topics: z.array(z.string()) })),
  /** Groups that consume the topic now, and those with gRPC clients, which write no trace records. */
  clients: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/trace-clients", tags })
    .input(InstanceRef.extend({ topic: Topic }))
    .output(z.object({ groups: z.array(z.string()), grpcGroups: z.array(z.string()), failures: z.array(Failure) })),
};
