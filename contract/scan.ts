import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { EpochMs, Failure, InstanceRef, Long } from "./list.ts";
import { FoundMessage, MessagePlace } from "./message.ts";
import { row } from "./row.ts";
import { EXPORT_BODIES, EXPORT_FORMATS } from "./rules/message-export.ts";
import { SCAN_EXPRESSION_MAX } from "./rules/scan.ts";

const tags = ["Messages"];

const Time = z.coerce.number().int().min(0).max(8.64e15);
const Offset = z.string().regex(/^\d{1,19}$/, "offset.invalid");

/** In CEL; what it may ask for is `scanVariables`. Empty: all messages. */
const Expression = z.string().max(SCAN_EXPRESSION_MAX);

/** Which messages: stored between two times, at offsets of a queue, or what a group has not read; all offsets and times included. */
export const ScanSource = InstanceRef.extend({
  topic: z.string().min(1).max(255),
  source: z.enum(["time", "queue", "unread"]),
  from: Time.optional(),
  to: Time.optional(),
  brokerName: z.string().min(1).max(255).optional(),
  queueId: MessagePlace.shape.queueId.optional(),
  fromOffset: Offset.optional(),
  toOffset: Offset.optional(),
  group: z.string().min(1).max(255).optional(),
});
export type ScanSource = z.infer<typeof ScanSource>;

/** What is wrong with an expression, and from which of its characters up to, without, which. */
export const ScanFault = z.object({
  key: z.enum([
    "character",
    "token",
    "string",
    "variable",
    "field",
    "types",
    /** A time beside a text. */ "timeText",
    "notBool",
    /** Not among what filters have of CEL. */ "notHere",
    /** `+` of what may be texts or lists. */ "join",
    /** None that is written in the expression, or a long one. */ "pattern",
    "regex",
    "time",
    "duration",
    "other",
  ]),
  /** In the evaluator's words. */
  detail: z.string(),
  start: z.number().int(),
  end: z.number().int(),
});
export type ScanFault = z.infer<typeof ScanFault>;

const Unread = z.object({ queues: z.number().int(), of: z.number().int() });

export const ScanCost = z.object({
  /** Offsets in the ranges. */
  messages: Long,
  /** As large as some of them are; null where none was read. */
  bytes: z.number().nullable(),
  queues: z.number().int(),
  /** The topic is compacted: offsets count messages that are no longer there. */
  atMost: z.boolean(),
  /** Tags that brokers look for by themselves, so that they send little of the rest. */
  tags: z.array(z.string()),
  /** Most that scans of this cluster read together. */
  bytesPerSecond: z.number(),
  failures: z.array(Failure),
  unread: Unread,
  at: EpochMs,
});
export type ScanCost = z.infer<typeof ScanCost>;

/** A message that nobody can say of whether it matches: its record or body does not hold together, its body or JSON is too large to be looked into here, or the expression took too long on it. */
const NotJudged = MessagePlace.extend({ why: z.enum(["broken", "unpack", "tooLarge", "tooLong"]) });
export type ScanNotJudged = z.infer<typeof NotJudged>;

/** What came since the event before, and all figures so far. */
export const ScanEvent = z.object({
  /** Hits in the order in which they were found: of each queue the oldest first. */
  items: z.array(FoundMessage),
  /** All hits, of which only the first are among the items. */
  hits: z.number().int(),
  /** Messages that were looked at here; brokers that look for a tag leave others out. */
  messages: z.number().int(),
  bytes: z.number().int(),
  /** Offsets that are done with, and those there were. */
  passed: Long,
  total: Long,
  notJudged: z.number().int(),
  /** The first of them. */
  notJudgedAt: z.array(NotJudged),
  /** Time that it ran, all parts of it together. */
  ms: z.number().int(),
  failures: z.array(Failure),
  unread: Unread,
  at: EpochMs,
  /** `paused`: it goes on if it is asked to; `done`: nothing is left but what could not be read. */
  state: z.enum(["running", "paused", "done"]),
  /** Of `paused`: what reached its bound, and how it goes on. */
  paused: z.object({ by: z.enum(["messages", "bytes", "seconds"]), resume: z.string() }).nullable(),
});
export type ScanEvent = z.infer<typeof ScanEvent>;

/** Whether a broker gives a message to a subscription: `unknown` where it did not say. */
export const WouldMatch = z.object({
  verdict: z.enum(["match", "noMatch", "refused", "unknown"]),
  /** Of `match` by TAG: only the hash of the tag is the same, so that clients leave it out. */
  byHashOnly: z.boolean(),
  /** Of `refused`: what the broker said of the expression. */
  remark: z.string().nullable(),
  brokerName: z.string(),
});
export type WouldMatch = z.infer<typeof WouldMatch>;

export const scanContract = {
  /** Whether an expression is one. */
  check: row("message:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/scans/check", tags })
    .input(InstanceRef.extend({ expression: Expression }))
    .output(z.object({ fault: ScanFault.nullable() })),
  /** About how much a scan reads. */
  cost: row("message:read", { on: "topic", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/scans/cost", tags })
    .input(ScanSource.extend({ expression: Expression }))
    .output(ScanCost),
  /** Streams the messages that match, and asks after some whether to go on. */
  run: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "GET", path: "/instances/{instanceId}/scans/run", tags })
    .input(
      ScanSource.extend({
        expression: Expression,
        /** Of a scan of the same that was paused. */ resume: z.string().max(64).optional(),
      }),
    )
    .output(eventIterator(ScanEvent)),
  /** Starts a job that writes all messages that match to a file, however many there are. */
  export: row("message:read", { on: "topic", audit: "read" })
    .route({ method: "POST", path: "/instances/{instanceId}/scans/export", tags })
    .input(
      ScanSource.extend({
        expression: Expression,
        format: z.enum(EXPORT_FORMATS).default("csv"),
        body: z.enum(EXPORT_BODIES).default("text"),
      }),
    )
    .output(z.object({ jobId: z.string() })),
  /** Asks the message's broker for it as clients with that subscription do. */
  wouldMatch: row("message:read", { on: "message", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/messages/would-match", tags })
    .input(
      InstanceRef.extend(MessagePlace.shape).extend({
        type: z.enum(["TAG", "SQL92"]),
        expression: z.string().trim().min(1, "expression.empty").max(SCAN_EXPRESSION_MAX),
      }),
    )
    .output(WouldMatch),
};
