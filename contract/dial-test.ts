import { z } from "zod";
import { EpochMs, Failure, Id, InstanceRef, Long } from "./list.ts";
import { row } from "./row.ts";
import { Limit, Limits, LoadPlan, LoadSeries, LoadTest, RoundTripPlan, RoundTripTest } from "./dial-run.ts";
import {
  DIAL_BODY_MAX,
  DIAL_COUNT_MAX,
  DIAL_DELAY_LEVEL_MAX,
  DIAL_DELAY_SECONDS_MAX,
  DIAL_PROPERTIES_MAX,
  DIAL_SIZE_KB_MAX,
  DIAL_TOTAL_KB_MAX,
} from "./rules/limits.ts";
import { MESSAGE_TYPES } from "./rules/topic.ts";

const tags = ["Dial tests"];

const Topic = z.string().min(1, "required").max(127, "tooBig");
const Properties = z
  .record(z.string().min(1).max(128), z.string().min(1).max(4096))
  .refine((properties) => Object.keys(properties).length <= DIAL_PROPERTIES_MAX, "properties.tooMany");

/** Messages to be sent. `sizeKb` fills the body up; with `body` it is sent as it is. */
export const ProduceTest = InstanceRef.extend({
  topic: Topic,
  /** Left out: the topic's own, NORMAL where it has none or takes several. */
  messageType: z.enum(MESSAGE_TYPES).optional(),
  count: z.number().int().min(1, "count.range").max(DIAL_COUNT_MAX, "count.range").default(10),
  sizeKb: z.number().int().min(1, "size.range").max(DIAL_SIZE_KB_MAX, "size.range").default(1),
  tag: z.string().trim().min(1).max(128).optional(),
  keys: z.string().trim().min(1).max(512).optional(),
  properties: Properties.optional(),
  body: z.string().min(1).max(DIAL_BODY_MAX, "body.tooLong").optional(),
  /** FIFO: messages with the same key keep their order, in one queue. */
  shardingKey: z.string().trim().min(1).max(128).optional(),
  /** DELAY: a level of `messageDelayLevel`, or any delay where the broker has timers (5.0 and later). */
  delayLevel: z.number().int().min(1, "delay.range").max(DIAL_DELAY_LEVEL_MAX, "delay.range").optional(),
  delaySeconds: z.number().int().min(1, "delay.range").max(DIAL_DELAY_SECONDS_MAX, "delay.range").optional(),
  /** TRANSACTION: what becomes of the half messages. */
  outcome: z.enum(["commit", "rollback"]).default("commit"),
  /** Send although clients that consume the topic are online, or nobody can say: they take these for real messages. */
  despiteConsumers: z.boolean().default(false),
}).superRefine((test, ctx) => {
  if (test.messageType === "DELAY" && (test.delayLevel === undefined) === (test.delaySeconds === undefined)) {
    ctx.addIssue({ code: "custom", path: ["delayLevel"], message: "delay.one" });
  }
  const kb = test.body === undefined ? test.sizeKb : test.body.length / 1024;
  if (test.count * kb > DIAL_TOTAL_KB_MAX) {
    ctx.addIssue({ code: "custom", path: ["count"], message: "total.range" });
  }
});
export type ProduceTest = z.infer<typeof ProduceTest>;

export const ConsumeFrom = z.enum(["committed", "earliest", "latest", "time"]);

/** Messages to be pulled. Without a group nothing is committed; with one only when `commit` says so. */
export const ConsumeTest = InstanceRef.extend({
  topic: z.string().min(1, "required").max(255, "tooBig"),
  group: z.string().min(1).max(255).optional(),
  /** One queue after the other and one pull at a time, instead of all queues at once. */
  ordered: z.boolean().default(false),
  from: ConsumeFrom.default("committed"),
  /** Where `from` is `time`: first messages stored at or after it. */
  time: EpochMs.optional(),
  tags: z.string().trim().min(1).max(512).optional(),
  count: z.number().int().min(1, "count.range").max(DIAL_COUNT_MAX, "count.range").default(10),
  /** Gives up waiting for messages after so many seconds. */
  timeoutSeconds: z.number().int().min(1, "timeout.range").max(300, "timeout.range").default(30),
  commit: z.boolean().default(false),
  /** Commit although clients of the group are online and may commit too. */
  despiteClients: z.boolean().default(false),
}).superRefine((test, ctx) => {
  if (test.group === undefined && test.from === "committed") {
    ctx.addIssue({ code: "custom", path: ["from"], message: "from.needsGroup" });
  }
  if (test.group === undefined && test.commit) {
    ctx.addIssue({ code: "custom", path: ["commit"], message: "commit.needsGroup" });
  }
  if (test.from === "time" && test.time === undefined) {
    ctx.addIssue({ code: "custom", path: ["time"], message: "required" });
  }
});
export type ConsumeTest = z.infer<typeof ConsumeTest>;

/** Key of a text in `dial-test:warning`, with its values. */
const Warning = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

export const ProducePlan = z.object({
  /** As the topic is configured; null where it has none. */
  topicType: z.string().nullable(),
  /** What would be sent: as asked for, else as the topic is. */
  messageType: z.enum(MESSAGE_TYPES),
  queues: z.number().int(),
  brokers: z.array(z.string()),
  totalBytes: z.number(),
  /** Groups with clients online that would get the messages. */
  consumers: z.array(z.object({ group: z.string(), clients: z.number().int() })),
  warnings: z.array(Warning),
  /** Why Start would be refused. */
  blocked: z
    .enum(["TOPIC_NOT_EXIST", "NO_PERMISSION", "SYSTEM_RESOURCE", "LIMIT_EXCEEDED", "STILL_IN_USE", "USE_UNKNOWN"])
    .nullable(),
  /** Which limit of a broker the messages are beyond, where it is that. */
  limit: Limit.nullable(),
  failures: z.array(Failure),
});
export type ProducePlan = z.infer<typeof ProducePlan>;

export const ConsumePlan = z.object({
  queues: z.array(
    z.object({
      brokerName: z.string(),
      queueId: z.number().int(),
      minOffset: Long,
      maxOffset: Long,
      /** Null where the group never committed one. */
      committed: Long.nullable(),
      /** Where the test begins to read. */
      from: Long,
    }),
  ),
  /** Messages that could be read now. */
  readable: Long,
  clients: z.array(z.object({ clientId: z.string(), address: z.string() })),
  warnings: z.array(Warning),
  blocked: z.enum(["TOPIC_NOT_EXIST", "SUBSCRIPTION_GROUP_NOT_EXIST", "STILL_IN_USE"]).nullable(),
  failures: z.array(Failure),
});
export type ConsumePlan = z.infer<typeof ConsumePlan>;

const Started = z.object({ jobId: z.string() });

/**
 * Rows of a produce job: `code` is the send status or problem, `data` `{ msgId, offsetMsgId, brokerName, queueId, queueOffset, ms }`;
 * summary `{ bytes, seconds, perSecond, p50, p90, p99, max }` (ms).
 * A read-back job reads exactly the messages that a produce job has sent; what is not there any more, or not yet, is a row that says so (`MISSING`, `NOT_DUE`).
 * Rows of a consume job: `code` is the consume status, `data` `{ msgId, brokerName, queueId, queueOffset, bornTimestamp, storeTimestamp, size, tags, keys }`;
 * summary `{ messages, seconds, perSecond, committed: [{ brokerName, queueId, from, to }] }`; the job ends `empty` where no message came and `partial` where fewer came than asked for.
 */
export const dialTestContract = {
  limits: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/dial-test-limits", tags })
    .input(InstanceRef.extend({ topic: Topic }))
    .output(Limits),
  planProduce: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-test-plans/produce", tags })
    .input(ProduceTest)
    .output(ProducePlan),
  produce: row("message:send", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-tests/produce", tags, successStatus: 202 })
    .input(ProduceTest)
    .output(Started),
  planConsume: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-test-plans/consume", tags })
    .input(ConsumeTest)
    .output(ConsumePlan),
  consume: row("message:consume", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-tests/consume", tags, successStatus: 202 })
    .input(ConsumeTest)
    .output(Started),
  readBack: row("message:consume", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-tests/read-back", tags, successStatus: 202 })
    .input(InstanceRef.extend({ topic: Topic, jobId: Id }))
    .output(Started),
  planRoundTrip: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-test-plans/round-trip", tags })
    .input(RoundTripTest)
    .output(RoundTripPlan),
  roundTrip: row("message:send", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-tests/round-trip", tags, successStatus: 202 })
    .input(RoundTripTest)
    .output(Started),
  planLoad: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-test-plans/load", tags })
    .input(LoadTest)
    .output(LoadPlan),
  load: row("message:send", { on: "topic", audit: "write" })
    .route({ method: "POST", path: "/instances/{instanceId}/dial-tests/load", tags, successStatus: 202 })
    .input(LoadTest)
    .output(Started),
  /** Curves of a load test, while it runs and after. */
  loadSeries: row("job:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/dial-tests/{jobId}/load-series", tags })
    .input(InstanceRef.extend({ jobId: Id }))
    .output(LoadSeries),
};
