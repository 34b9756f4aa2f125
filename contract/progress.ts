import { z } from "zod";
import { EpochMs, Long } from "./list.ts";

/**
 * What a group has before it, in two figures that never hide each other. `lag` is the sum over queues that it has an offset of, of max(0, end − offset);
 * null where it has no offsets, or they were not read. Messages in queues that it never committed an offset of are `neverConsumed`.
 */
export const Backlog = z.object({
  lag: Long.nullable(),
  neverConsumed: Long.nullable(),
  /** Queues with messages of `neverConsumed`. */
  neverConsumedQueues: z.number().int(),
  /** Queues whose offset is beyond their end: what comes there next is skipped up to it. It takes nothing from `lag`. */
  beyondEndQueues: z.number().int(),
});
export type Backlog = z.infer<typeof Backlog>;

/** Why there is no lag to show: `broadcasting` groups keep their offsets at the clients. */
export const LagUnknown = z.enum(["broadcasting", "noOffsets", "notRead"]);
export type LagUnknown = z.infer<typeof LagUnknown>;

/** How far a group is in a queue. */
export const QueueProgress = z.object({
  brokerName: z.string(),
  queueId: z.number().int(),
  brokerOffset: Long,
  /** Null: it never committed one here. */
  consumerOffset: Long.nullable(),
  /** 0 where the offset is beyond the end, null without an offset. */
  lag: Long.nullable(),
  /** Messages of a queue without an offset; null where there is one. */
  neverConsumed: Long.nullable(),
  /** Pulled and not yet acknowledged; null where the broker does not say. */
  unacked: Long.nullable(),
  /** Store time of the last message before the offset. */
  lastConsumedAt: EpochMs.nullable(),
});
export type QueueProgress = z.infer<typeof QueueProgress>;
