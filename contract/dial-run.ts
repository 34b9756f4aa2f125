import { z } from "zod";
import { EpochMs, Failure, InstanceRef } from "./list.ts";
import {
  DIAL_COUNT_MAX,
  DIAL_SIZE_KB_MAX,
  DIAL_TOTAL_KB_MAX,
  LOAD_RATE_MAX,
  LOAD_SECONDS_MAX,
  LOAD_THREADS_MAX,
} from "./rules/limits.ts";

const Named = z.string().min(1).max(255);

/** Where a test sends: a topic that there is, or one of its own that goes with the test. */
const Target = InstanceRef.extend({
  /** Left out: a topic is made for the test, and removed when it ends, however it ends. */
  topic: z.string().min(1, "required").max(127, "tooBig").optional(),
  /** Of a topic that is made: on these brokers, on all when left out. */
  brokers: z.array(Named).min(1).max(256).optional(),
  sizeKb: z.number().int().min(1, "size.range").max(DIAL_SIZE_KB_MAX, "size.range").default(1),
  /** Send although clients that consume the topic are online, or nobody can say: they take these for real messages. */
  despiteConsumers: z.boolean().default(false),
});

export const RECEIVERS = ["console", "group", "made"] as const;

/** Messages to be sent and received again, each with its latency from end to end. */
export const RoundTripTest = Target.extend({
  count: z.number().int().min(1, "count.range").max(DIAL_COUNT_MAX, "count.range").default(10),
  tag: z.string().trim().min(1).max(128).optional(),
  /** Who reads: the console as the tools do, a group that there is, or one that is made for the test and removed with it. */
  receiver: z.enum(RECEIVERS).default("console"),
  group: Named.optional(),
  /** Of a group that there is: moves its offsets past what was read, and only where that skips nothing. */
  commit: z.boolean().default(false),
  /** What has not come so long after the last was sent is lost. */
  timeoutSeconds: z.number().int().min(1, "timeout.range").max(300, "timeout.range").default(30),
}).superRefine((test, ctx) => {
  if ((test.receiver === "group") === (test.group === undefined))
    ctx.addIssue({ code: "custom", path: ["group"], message: "required" });
  if (test.commit && test.receiver !== "group")
    ctx.addIssue({ code: "custom", path: ["commit"], message: "commit.needsGroup" });
  if (test.count * test.sizeKb > DIAL_TOTAL_KB_MAX)
    ctx.addIssue({ code: "custom", path: ["count"], message: "total.range" });
});
export type RoundTripTest = z.infer<typeof RoundTripTest>;

/** Messages by a rate, or by so many senders that each wait for their answer, for a time. */
export const LoadTest = Target.extend({
  rate: z.number().int().min(1, "rate.range").max(LOAD_RATE_MAX, "rate.range").optional(),
  threads: z.number().int().min(1, "threads.range").max(LOAD_THREADS_MAX, "threads.range").optional(),
  seconds: z.number().int().min(1, "seconds.range").max(LOAD_SECONDS_MAX, "seconds.range").default(60),
  /** Reads what was sent at the same time, by a group that is made for the test and removed with it. */
  consume: z.boolean().default(true),
}).superRefine((test, ctx) => {
  if ((test.rate === undefined) === (test.threads === undefined))
    ctx.addIssue({ code: "custom", path: ["rate"], message: "rate.one" });
});
export type LoadTest = z.infer<typeof LoadTest>;

/** A figure that is the least of all brokers, and whose it is. */
const Least = z.object({ value: z.number(), broker: z.string() });

/** What the brokers of a topic take. Null: not known, since no broker told it. */
export const Limits = z.object({
  /** Bytes of a body. */
  maxMessageSize: Least.nullable(),
  /** Lengths of the levels from level 1, in ms, of the broker that has the fewest; a length that nobody can read is null. */
  delayLevels: z.object({ ms: z.array(z.number().nullable()), broker: z.string(), differ: z.boolean() }).nullable(),
  /** Whether all of them deliver at any time; null where one did not tell. */
  timers: z.boolean().nullable(),
  timerMaxDelaySec: Least.nullable(),
  /** Brokers that were asked and did not answer: theirs may be less. */
  failures: z.array(Failure),
});
export type Limits = z.infer<typeof Limits>;

/** A limit that a test is beyond: of a broker by its setting, or of the console itself, which has no broker. */
export const Limit = z.object({
  setting: z.enum([
    "maxMessageSize",
    "messageDelayLevel",
    "timerMaxDelaySec",
    "loadMaxSeconds",
    "loadMaxRate",
    "loadMaxMbPerSecond",
  ]),
  broker: z.string().nullable(),
  limit: z.number(),
  asked: z.number(),
});
export type Limit = z.infer<typeof Limit>;

const Warning = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

const RunPlan = z.object({
  /** As the topic is configured; null where it has none, or is made. */
  topicType: z.string().nullable(),
  /** Queues that messages are sent to. */
  queues: z.number().int(),
  brokers: z.array(z.string()),
  consumers: z.array(z.object({ group: z.string(), clients: z.number().int() })),
  warnings: z.array(Warning),
  blocked: z
    .enum([
      "TOPIC_NOT_EXIST",
      "NO_PERMISSION",
      "SYSTEM_RESOURCE",
      "LIMIT_EXCEEDED",
      "SUBSCRIPTION_GROUP_NOT_EXIST",
      "CLIENTS_MUST_STOP",
      "NO_MASTER",
      "STILL_IN_USE",
      "USE_UNKNOWN",
    ])
    .nullable(),
  limit: Limit.nullable(),
  failures: z.array(Failure),
});

export const RoundTripPlan = RunPlan.extend({ totalBytes: z.number() });
export type RoundTripPlan = z.infer<typeof RoundTripPlan>;

export const LoadPlan = RunPlan.extend({
  /** Bodies a second and in all, at most: as asked for, or as the console allows. */
  messagesPerSecond: z.number(),
  bytesPerSecond: z.number(),
  totalBytes: z.number(),
  /** What this console allows. */
  caps: z.object({ seconds: z.number(), rate: z.number(), bytesPerSecond: z.number() }),
});
export type LoadPlan = z.infer<typeof LoadPlan>;

export const LOAD_METRICS = [
  "sent",
  "failed",
  "received",
  "bytes",
  "sendP50",
  "sendP99",
  "endToEndP50",
  "endToEndP99",
  "brokerPut",
  "brokerGet",
  "brokerQueue",
] as const;

/**
 * Curves of a load test at the same times, 600 points at most: rates a second (means), latencies in ms (the largest of the seconds in a point),
 * and what each broker says of itself meanwhile, of all topics: messages put and got a second, and sends that wait. Null is a gap.
 */
export const LoadSeries = z.object({
  at: z.array(EpochMs),
  series: z.array(
    z.object({
      metric: z.enum(LOAD_METRICS),
      broker: z.string().optional(),
      values: z.array(z.number().nullable()),
    }),
  ),
});
export type LoadSeries = z.infer<typeof LoadSeries>;
