import { z } from "zod";
import { EpochMs, InstanceRef } from "./list.ts";
import { row } from "./row.ts";
import { FINDING_RULES } from "./rules/finding.ts";

/** `critical`: messages are lost or cannot be sent or consumed, or soon; `warning`: something is wrong; `info`: worth knowing. */
export const FindingLevel = z.enum(["critical", "warning", "info"]);
export type FindingLevel = z.infer<typeof FindingLevel>;

/** How a figure of a finding is written. */
export const Figure = z.discriminatedUnion("as", [
  z.object({
    as: z.enum(["number", "bytes"]),
    value: z.union([z.number(), z.string()]),
    /** Not all of it was read. */
    atLeast: z.boolean().optional(),
  }),
  z.object({ as: z.enum(["rate", "percent", "duration"]), value: z.number() }),
  z.object({ as: z.literal("time"), value: EpochMs }),
  z.object({ as: z.literal("text"), value: z.string() }),
  z.object({ as: z.literal("problem"), value: z.string() }),
]);
export type Figure = z.infer<typeof Figure>;

/** Which rule found something, and how bad it is. */
export const FoundOf = z.object({ rule: z.enum(FINDING_RULES), level: FindingLevel });
export type FoundOf = z.infer<typeof FoundOf>;

const SubjectKind = z.enum(["namesrv", "broker", "topic", "group"]);

/** Something that is wrong, in figures that its text and its evidence are made of. */
export const Finding = FoundOf.extend({
  /** The same as long as it is the same thing of the same subject. */
  id: z.string(),
  subject: z.object({ kind: SubjectKind, name: z.string() }),
  /** Which of the texts of its rule fits. */
  context: z.string().nullable(),
  figures: z.record(z.string(), Figure),
  /** Since when the console sees it; it may have begun before. */
  since: EpochMs,
  /** When what it rests on was last read, where that cannot be read now; else null. */
  asOf: EpochMs.nullable(),
});
export type Finding = z.infer<typeof Finding>;

const LookedAt = z.enum(["cluster", "topics", "groups", "clients"]);

/** What was looked at; `at` is null where it was not yet. */
export const Checked = z.object({
  what: LookedAt,
  at: EpochMs.nullable(),
  /** How many of them there are, of those that told. */
  count: z.number().int(),
  /** Somebody did not tell. */
  atLeast: z.boolean(),
});
export type Checked = z.infer<typeof Checked>;

export const Findings = z.object({
  /** The worst first; no more than a few of one rule. */
  items: z.array(Finding),
  /** How many more there are, by rule. */
  more: z.array(z.object({ rule: z.enum(FINDING_RULES), count: z.number().int() })),
  checked: z.array(Checked),
  at: EpochMs,
});
export type Findings = z.infer<typeof Findings>;

/** The findings of an instance at a glance. */
export const FindingsBrief = z.object({
  /** How many there are; none of those that cannot be read now. */
  counts: z.record(FindingLevel, z.number().int()),
  worst: Finding.nullable(),
  /** What was not looked at yet: it may be well or not. */
  notYet: z.array(LookedAt),
  /** When the oldest of the rest was looked at. */
  at: EpochMs.nullable(),
});
export type FindingsBrief = z.infer<typeof FindingsBrief>;

export const findingContract = {
  /** What is wrong, by what was last swept: no broker is asked. Of one kind, group or topic where it is named. */
  list: row("instance:read", { on: "instance", audit: "none" })
    .route({ method: "GET", path: "/instances/{instanceId}/findings", tags: ["Findings"] })
    .input(
      InstanceRef.extend({
        kind: SubjectKind.optional(),
        group: z.string().max(255).optional(),
        topic: z.string().max(255).optional(),
      }),
    )
    .output(Findings),
};
