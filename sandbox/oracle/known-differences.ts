import type { Version } from "../jars.ts";
import type { Difference } from "./sheet.ts";

/**
 * A difference that is understood. `deliberate`: the tool's limit or our definition. `open`: a fault of the console that
 * is known and not mended yet; a suite fails once it no longer shows, so that the row goes with the mend.
 */
export interface KnownDifference {
  kind: "deliberate" | "open";
  name: string;
  why: string;
  what: string;
  /** Where it shows; all when left out. */
  versions?: readonly Version[];
  /** Exactly which: subject, field and both values. */
  is(difference: Difference): boolean;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    kind: "open",
    name: "names that only look like RocketMQ's own",
    why: "a topic is RocketMQ's own by a fixed list and few prefixes; the console takes others for it, hides and guards them",
    what: "Topics: made by people",
    is: ({ field, console, oracle }) => /(_REPLY_TOPIC$|^RMQ_SYS_)/.test(field) && console === false && oracle === true,
  },
  {
    kind: "deliberate",
    name: "the bit of a packed body",
    why: "5.x clears COMPRESSED in a message once its body is unpacked; the console shows sysFlag as it is stored",
    what: "Messages: page of a message",
    is: ({ field, console, oracle }) =>
      field === "sysFlag" && Number(console) % 2 === 1 && Number(console) === Number(oracle) + 1,
  },
];

export const rowOf = (difference: Difference, version: Version): KnownDifference | undefined =>
  knownDifferences.find(
    (row) => row.what === difference.what && (row.versions?.includes(version) ?? true) && row.is(difference),
  );
