import type { Figure, Finding, FindingLevel } from "#contract/finding.ts";
import type { FindingRule } from "#contract/rules/finding.ts";
import type { Sighting } from "../sighting.ts";
import type { Swept } from "../stats-sweep.ts";
import type { Trends } from "./trends.ts";

/** All that is known of an instance at one time; what was not read yet is undefined. */
export interface Known extends Swept {
  now: number;
  cluster?: Sighting;
  trends: Pick<Trends, "groups" | "deadLetters" | "disks" | "sharedIds">;
}

/** A finding before it has an age. */
export interface Found {
  level: FindingLevel;
  subject: Finding["subject"];
  context?: string;
  figures: Record<string, Figure>;
  /** The larger, the worse among those of one level. */
  weight: number;
}

/** Says of what is known what is wrong. Pure: the same is found in the same. */
export interface Rule {
  id: FindingRule;
  find: (known: Known) => Iterable<Found>;
}

/** Of a part, it is that much at least. */
export const number = (value: bigint | number, { atLeast = false } = {}): Figure => ({
  as: "number",
  value: typeof value === "bigint" ? value.toString() : value,
  ...(atLeast && { atLeast }),
});
export const rate = (value: number): Figure => ({ as: "rate", value });
export const duration = (value: number): Figure => ({ as: "duration", value });
export const percent = (value: number): Figure => ({ as: "percent", value });
export const bytes = (value: bigint): Figure => ({ as: "bytes", value: value.toString() });
export const text = (value: string): Figure => ({ as: "text", value });
export const time = (value: number): Figure => ({ as: "time", value });
export const problem = (value: string): Figure => ({ as: "problem", value });

/** Half of a long is far above any weight that matters. */
export const weightOf = (value: bigint): number => Number(value);
