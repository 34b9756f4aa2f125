import { z } from "zod";
import { GroupRef } from "./group.ts";
import { EpochMs, Failure, InstanceRef, Long } from "./list.ts";
import { Applied, PlanRef, planOf, UndoRef } from "./plan.ts";
import { row } from "./row.ts";

const tags = ["Offsets"];

export const OffsetRef = GroupRef.extend({ topic: z.string().min(1).max(255) });

/**
 * Where a group is to go on with a topic. `latest` skips what waits, `earliest` consumes all that is kept, `time` what was stored since,
 * `offset` moves one queue, `group` copies what another group has committed. A time to come marks all as consumed.
 */
export const ResetOffset = OffsetRef.extend({
  to: z.enum(["latest", "earliest", "time", "offset", "group"]),
  time: EpochMs.min(0).optional(),
  queue: z
    .object({ brokerName: z.string().min(1).max(127), queueId: z.number().int().min(0), offset: Long })
    .optional(),
  fromGroup: z.string().min(1).max(255).optional(),
  /** Moves the queues of the brokers that answer, though some do not. */
  partial: z.boolean().default(false),
}).superRefine(({ to, time, queue, fromGroup, group }, ctx) => {
  const missing = { time: time === undefined, offset: queue === undefined, group: fromGroup === undefined };
  const path = { time: "time", offset: "queue", group: "fromGroup" };
  if (to !== "latest" && to !== "earliest" && missing[to])
    ctx.addIssue({ code: "custom", path: [path[to]], message: "required" });
  if (to === "group" && fromGroup === group)
    ctx.addIssue({ code: "custom", path: ["fromGroup"], message: "sameGroup" });
});
export type ResetOffset = z.infer<typeof ResetOffset>;

/** A queue: where the group is, and where it will be. */
export const QueueMove = z.object({
  brokerName: z.string(),
  queueId: z.number().int(),
  addr: z.string(),
  /** Who moves it: its broker; clients online, which the broker tells; the console, which commits as a client does; or, while clients are online that heed none of these, nobody. */
  by: z.enum(["broker", "clients", "console", "nobody"]),
  /** `first`: the group has no offset there yet, or may have none: brokers before 5.0 say 0 then, too. */
  change: z.enum(["skip", "replay", "first", "none"]),
  minOffset: Long,
  maxOffset: Long,
  /** Null where the broker has none of the group. */
  before: Long.nullable(),
  after: Long,
  /** Messages that will not be consumed, or once more; those that retention has deleted are neither. Null where the group has no offset: nobody knows where its clients would begin. */
  skipped: Long.nullable(),
  replayed: Long.nullable(),
});
export type QueueMove = z.infer<typeof QueueMove>;

export const OffsetPlan = planOf(QueueMove).extend({
  /** Sums over the queues of which it is known. */
  skipped: Long,
  replayed: Long,
  clients: z.array(z.object({ clientId: z.string(), address: z.string() })),
});
export type OffsetPlan = z.infer<typeof OffsetPlan>;

export const offsetContract = {
  /** Times that the topic's messages were stored at: from the oldest to the newest; null where there is none. */
  span: row("group:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/topics/{topic}/span", tags })
    .input(InstanceRef.extend({ topic: z.string().min(1).max(255) }))
    .output(
      z.object({ earliest: EpochMs.nullable(), latest: EpochMs.nullable(), failures: z.array(Failure), at: EpochMs }),
    ),
  planReset: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/offset-plans/reset", tags })
    .input(ResetOffset)
    .output(OffsetPlan),
  planUndo: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/offset-plans/undo", tags })
    .input(OffsetRef.extend(UndoRef))
    .output(OffsetPlan),
  reset: row("offset:reset", { on: "group", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/groups/{group}/offsets", tags })
    .input(OffsetRef.extend(PlanRef))
    .output(Applied),
};
