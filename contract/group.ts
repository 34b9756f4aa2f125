import { z } from "zod";
import { EpochMs, Failure, Flag, InstanceRef, ListInput, Long, Names, pageOf, TableFormat } from "./list.ts";
import { Curves, forward, notForward, span } from "./curves.ts";
import { FoundOf } from "./finding.ts";
import { Consistency, GroupClient, GroupSubscription, RunningInfo } from "./group-client.ts";
import { Backlog, LagUnknown, QueueProgress } from "./progress.ts";
import { Applied, changeAt, PlanRef, planOf, RemarkChange, UndoRef } from "./plan.ts";
import { row } from "./row.ts";
import { RETRY_DELAY_MAX, RETRY_DELAYS_MAX, RETRY_MAX, RETRY_MULTIPLIER_MAX } from "./rules/group.ts";
import { PAGE_ROWS_MAX, REMARK_MAX } from "./rules/limits.ts";
import { groupNameFault } from "./rules/names.ts";

const tags = ["Groups"];

/** `system` groups belong to RocketMQ itself. */
export const GroupKind = z.enum(["normal", "system"]);
export type GroupKind = z.infer<typeof GroupKind>;

const Delay = z.number().int("policy.delay").min(1, "policy.delay").max(RETRY_DELAY_MAX, "policy.delay");

/** A policy as a broker has it, which other tools may have set beyond what is offered here. */
export const StoredRetryPolicy = z.discriminatedUnion("type", [
  z.object({ type: z.literal("default") }),
  z.object({ type: z.literal("custom"), delays: z.array(z.number()) }),
  z.object({ type: z.literal("exponential"), initial: z.number(), max: z.number(), multiplier: z.number() }),
]);
export type StoredRetryPolicy = z.infer<typeof StoredRetryPolicy>;

/**
 * When a failed message comes again at a gRPC client, in ms; `default` is RocketMQ's ladder of 18 steps from 1 s to 2 h. Remoting
 * clients follow the broker's `messageDelayLevel` from its third step. Source: GroupRetryPolicy.java, AbstractSendMessageProcessor.java.
 */
export const RetryPolicy = z.discriminatedUnion("type", [
  z.object({ type: z.literal("default") }),
  z.object({
    type: z.literal("custom"),
    delays: z.array(Delay).min(1, "policy.none").max(RETRY_DELAYS_MAX, "policy.tooMany"),
  }),
  z.object({
    type: z.literal("exponential"),
    initial: Delay,
    max: Delay,
    /** A long of theirs: brokers drop what is behind the point. */
    multiplier: z
      .number()
      .int("policy.multiplier")
      .min(1, "policy.multiplier")
      .max(RETRY_MULTIPLIER_MAX, "policy.multiplier"),
  }),
]);
export type RetryPolicy = z.infer<typeof RetryPolicy>;

/** A group as one broker has it. */
export const GroupOnBroker = z.object({
  brokerName: z.string(),
  consumeEnable: z.boolean(),
  broadcastEnable: z.boolean(),
  ordered: z.boolean(),
  retryMaxTimes: z.number().int(),
  /** Null where the broker is too old to have one. */
  retryPolicy: StoredRetryPolicy.nullable(),
});
export type GroupOnBroker = z.infer<typeof GroupOnBroker>;

export const GroupItem = Backlog.extend({
  group: z.string(),
  kind: GroupKind,
  brokers: z.array(GroupOnBroker),
  /** Of the first broker, null where none told; `differs` says whether another one has a different configuration. */
  consumeEnable: z.boolean().nullable(),
  broadcastEnable: z.boolean().nullable(),
  ordered: z.boolean().nullable(),
  retryMaxTimes: z.number().int().nullable(),
  differs: z.boolean(),
  /** Kept by the console: RocketMQ has no remark for a group. */
  remark: z.string(),
  /** Clients online; null where nobody could be asked. */
  clients: z.number().int().nullable(),
  /** As the clients say: CLUSTERING, BROADCASTING, LITE_SELECTIVE; null while none is online. */
  messageModel: z.string().nullable(),
  /** Its clients pop (gRPC clients do): an offset moves on delivery, so `lag` counts what is ready and not what is unacknowledged. */
  pop: z.boolean(),
  /** What clients that pop last said they have not acknowledged; null where not all of them say. */
  unacked: Long.nullable(),
  /** Why `lag` is null. */
  lagUnknown: LagUnknown.nullable(),
  /** How long ago the oldest message of `lag` was stored, by its broker's clock: 0 without lag. */
  delayMs: z.number().int().nullable(),
  /** A master that may have an older one did not tell. */
  delayAtLeast: z.boolean(),
  tps: z.number().nullable(),
  /** Messages that are kept in its dead letter topic; null while not known. */
  deadLetters: Long.nullable(),
  /** The worst that is found of it; null where nothing is. */
  finding: FoundOf.nullable(),
  /** A master that may have part of its figures did not answer: they are of the others. */
  atLeast: z.boolean(),
});
export type GroupItem = z.infer<typeof GroupItem>;

export const GroupSort = z.enum(["group", "lag", "neverConsumed", "delayMs", "deadLetters", "tps", "retryMaxTimes"]);
export type GroupSort = z.infer<typeof GroupSort>;

/** How groups are that a list is narrowed to; what is not known of a group keeps it out. */
export const GroupCondition = z.enum(["behind", "offline", "paused", "mismatch", "differs", "deadLetters"]);
export type GroupCondition = z.infer<typeof GroupCondition>;

const Filter = z.object({
  search: z.string().max(255).optional(),
  kind: GroupKind.optional(),
  broker: z.string().max(127).optional(),
  condition: GroupCondition.optional(),
});

export const GroupRef = InstanceRef.extend({ group: z.string().min(1).max(255) });

const NewGroupName = z.string().superRefine((name, ctx) => {
  const fault = groupNameFault(name);
  if (fault !== undefined) ctx.addIssue({ code: "custom", message: `name.${fault}` });
});
const Remark = z.string().max(REMARK_MAX, "remark.tooLong");
const Retries = z.number().int("retries.range").min(0, "retries.range").max(RETRY_MAX, "retries.range");

export const CreateGroup = InstanceRef.extend({
  group: NewGroupName,
  brokers: z.array(z.string().min(1).max(127)).min(1, "brokers.none").max(256),
  consumeEnable: z.boolean().default(true),
  broadcastEnable: z.boolean().default(true),
  ordered: z.boolean().default(false),
  retryMaxTimes: Retries.default(16),
  retryPolicy: RetryPolicy.optional(),
  remark: Remark.default(""),
});
export type CreateGroup = z.infer<typeof CreateGroup>;

/** What is left out stays as each broker has it; brokers that do not have the group are not touched. */
export const UpdateGroup = GroupRef.extend({
  consumeEnable: z.boolean().optional(),
  broadcastEnable: z.boolean().optional(),
  ordered: z.boolean().optional(),
  retryMaxTimes: Retries.optional(),
  retryPolicy: RetryPolicy.optional(),
  remark: Remark.optional(),
});
export type UpdateGroup = z.infer<typeof UpdateGroup>;

/** `withTopics`: its retry and dead letter topics go too, with the messages in them. */
export const DeleteGroup = GroupRef.extend({ withTopics: z.boolean().default(false) });
export type DeleteGroup = z.infer<typeof DeleteGroup>;

export const GroupPlan = planOf(changeAt(GroupOnBroker)).extend({ remark: RemarkChange });
export type GroupPlan = z.infer<typeof GroupPlan>;

/** What deleting a group takes with it. */
export const GroupDeletion = GroupPlan.extend({
  /** Clients online, which forbid it. */
  clients: z.array(z.object({ clientId: z.string(), address: z.string() })),
  /** Retry and dead letter topics there are, with the messages stored in them. */
  topics: z.array(z.object({ topic: z.string(), stored: Long.nullable() })),
});
export type GroupDeletion = z.infer<typeof GroupDeletion>;

export const GroupOverview = GroupItem.extend({
  /** How long it takes to consume what waits, at the rates of the last minute; null where it does not gain on it, or nobody knows. */
  catchUpMs: z.number().nullable(),
  /** Topics that it consumes or has consumed, retry topics left out. */
  topics: z.number().int(),
  failures: z.array(Failure),
  at: EpochMs,
});
export type GroupOverview = z.infer<typeof GroupOverview>;

/** How far a group has come with a topic; sums over the queues. */
export const GroupProgress = Backlog.extend({
  topic: z.string(),
  retry: z.boolean(),
  brokerOffset: Long,
  /** Null where it has no offset of any queue. */
  consumerOffset: Long.nullable(),
  lastConsumedAt: EpochMs.nullable(),
  queues: z.array(QueueProgress),
});
export type GroupProgress = z.infer<typeof GroupProgress>;

const part = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), failures: z.array(Failure), at: EpochMs });

export const groupContract = {
  list: row("group:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups", tags })
    .input(ListInput.extend(InstanceRef.shape).extend(Filter.shape).extend({ sort: GroupSort.optional() }))
    .output(pageOf(GroupItem)),
  /** Names alone, for fields that take a group. */
  suggest: row("group:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/group-names", tags })
    .input(
      InstanceRef.extend({
        search: z.string().max(255).default(""),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
    )
    .output(Names),
  /** Where a group can be, and what brokers there keep of it. */
  options: row("group:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/group-options", tags })
    .input(InstanceRef)
    .output(
      z.object({
        brokers: z.array(
          z.object({
            brokerName: z.string(),
            addr: z.string().nullable(),
            /** Null where the broker did not answer. */
            keepsRetryPolicy: z.boolean().nullable(),
          }),
        ),
      }),
    ),
  get: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}", tags })
    .input(GroupRef)
    .output(GroupOverview),
  progress: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/progress", tags })
    .input(GroupRef)
    .output(part(GroupProgress)),
  clients: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/clients", tags })
    .input(GroupRef)
    .output(part(GroupClient)),
  subscriptions: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/subscriptions", tags })
    .input(GroupRef)
    .output(part(GroupSubscription)),
  /** What every client says that it subscribes to and which queues it has, and how they differ: as they were last asked, or `fresh` as they say now. */
  consistency: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/consistency", tags })
    .input(GroupRef.extend({ fresh: Flag.default(false) }))
    .output(Consistency),
  /** Asks one client, through a broker that it is connected to; `stack` takes its threads too. */
  runningInfo: row("group:read", { on: "client", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/running-info", tags })
    .input(GroupRef.extend({ clientId: z.string().min(1).max(512), stack: Flag.default(false) }))
    .output(RunningInfo),
  /** `consumer_tps` and `group_diff`; kept as those of a topic are. */
  curves: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/curves", tags })
    .input(GroupRef.extend(span).refine(forward, notForward))
    .output(Curves),
  /** `group_diff` of the groups of a page: what is kept of all, no finer samples. */
  trends: row("group:read", { on: "groups", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-trends", tags })
    .input(
      InstanceRef.extend({ groups: z.array(z.string().min(1).max(255)).min(1).max(PAGE_ROWS_MAX), ...span }).refine(
        forward,
        notForward,
      ),
    )
    .output(Curves),
  /** Every field of the configuration as each broker keeps it. */
  config: row("group:read", { on: "group", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/groups/{group}/config", tags })
    .input(GroupRef)
    .output(part(z.object({ brokerName: z.string(), addr: z.string(), values: z.record(z.string(), z.string()) }))),
  /** What Apply would do; changes nothing. */
  planCreate: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-plans/create", tags })
    .input(CreateGroup)
    .output(GroupPlan),
  planUpdate: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-plans/update", tags })
    .input(UpdateGroup)
    .output(GroupPlan),
  planDelete: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-plans/delete", tags })
    .input(DeleteGroup)
    .output(GroupDeletion),
  planUndo: row("group:read", { on: "group", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-plans/undo", tags })
    .input(GroupRef.extend(UndoRef))
    .output(GroupPlan),
  create: row("group:create", { on: "group", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/groups", tags, successStatus: 201 })
    .input(GroupRef.extend(PlanRef))
    .output(Applied),
  update: row("group:update", { on: "group", audit: "write" })
    .route({ method: "PATCH", path: "/instances/{instanceId}/groups/{group}", tags })
    .input(GroupRef.extend(PlanRef))
    .output(Applied),
  /** Deletes it with its offsets on every broker; `name` must repeat the group. */
  delete: row("group:delete", { on: "group", audit: "write" })
    .route({ method: "DELETE", path: "/instances/{instanceId}/groups/{group}", tags })
    .input(GroupRef.extend(PlanRef).extend({ name: z.string().max(255) }))
    .output(Applied),
  /** The groups named, or all that the filter shows; otherwise as the export of topics. */
  export: row("group:read", { on: "groups", audit: "read" })
    .route({ method: "POST", path: "/instances/{instanceId}/group-exports", tags })
    .input(
      InstanceRef.extend(Filter.shape).extend({
        groups: z.array(z.string().max(255)).max(10_000).optional(),
        format: TableFormat.default("csv"),
      }),
    )
    .output(z.file()),
};
