import type { Version } from "../jars.ts";
import { ABSENT, type Difference } from "./sheet.ts";

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
  /** Whether it shows depends on when a proxy or broker does something by itself. */
  sometimes?: true;
  /** Exactly which: subject, field and both values. */
  is(difference: Difference): boolean;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    kind: "deliberate",
    name: "messages of a broadcasting group before 5.0",
    why: "the tool of 4.9 has no word for it and takes the group for offline; the console says that offsets are at the clients",
    what: "Messages: consume states",
    versions: ["4.9.7"],
    is: ({ field, console, oracle }) => field === "g-broadcast" && console === "broadcasting" && oracle === "offline",
  },
  {
    kind: "deliberate",
    name: "dead letters",
    why: "the tool calls consumed whatever an offset has passed; the console looks into the group's dead letter topic",
    what: "Messages: consume states",
    is: ({ field, console, oracle }) => field === "g-retry" && console === "deadLetter" && oracle === "passed",
  },
  {
    kind: "deliberate",
    name: "clients that subscribe differently",
    why: "the tool takes the words of the client that registered last; the console says that another may have taken what these leave out",
    what: "Messages: consume states",
    is: ({ field, console, oracle }) => field === "g-tags" && console === "passed" && oracle === "filtered",
  },
  {
    kind: "deliberate",
    name: "offsets beyond the end",
    why: "the tool compares offsets alone; the console says that the offset tells nothing of the message",
    what: "Messages: consume states",
    is: ({ console, oracle }) => console === "beyondEnd" && (oracle === "passed" || oracle === "UNKNOWN"),
  },
  {
    kind: "deliberate",
    name: "queues without an offset",
    why: "the tool reads 0 for a queue that the group never committed in; the console says so",
    what: "Messages: consume states",
    is: ({ console, oracle }) => console === "neverCommitted" && (oracle === "toConsume" || oracle === "UNKNOWN"),
  },
  {
    kind: "deliberate",
    name: "clients where a proxy's address was not given",
    why: "only the proxy knows them: the tool takes nobody for offline, the console says that it cannot know",
    what: "Clients: how many and in which model",
    sometimes: true,
    is: ({ field, console, oracle }) => field === "clients" && console === null && oracle === 0,
  },
  {
    kind: "deliberate",
    name: "ordered topics before 5.0",
    why: "a broker of 4.9 drops the flag, whoever sends it; clients go by the order configuration of the name server",
    what: "Writes: create an ordered topic",
    versions: ["4.9.7"],
    is: ({ field, console, oracle }) => field.endsWith(".order") && console === true && oracle === false,
  },
  {
    kind: "deliberate",
    name: "offsets of a group that is gone",
    why: "brokers name it for the topic, and who wants to know why has to see it",
    what: "Topics: groups that consume it",
    versions: ["5.5.1", "5.3.3", "5.1.4", "4.9.7"],
    is: ({ field, console, oracle }) => field === "g-ghost" && console === true && oracle === ABSENT,
  },
  {
    kind: "deliberate",
    name: "count of groups with one that is gone",
    why: "brokers name it for the topic, and who wants to know why has to see it",
    what: "Topics: how many groups consume it",
    versions: ["5.5.1", "5.3.3", "5.1.4", "4.9.7"],
    is: ({ subject, console, oracle }) => subject === "t-behind" && console === Number(oracle) + 1,
  },
  {
    kind: "deliberate",
    name: "groups of a topic on 5.3.3: named like the topic",
    why: "brokers of 5.3.3 name the topic itself instead of groups that are online; the console looks in two places",
    what: "Messages: consume states",
    versions: ["5.3.3"],
    is: ({ subject, field, console, oracle }) =>
      subject.startsWith(`${field} `) && console === ABSENT && oracle === "UNKNOWN",
  },
  {
    kind: "deliberate",
    name: "groups of a topic on 5.3.3: not named",
    why: "brokers of 5.3.3 name the topic itself instead of groups that are online; the console looks in two places",
    what: "Messages: consume states",
    versions: ["5.3.3"],
    is: ({ field, console, oracle }) => field.startsWith("g-") && console !== ABSENT && oracle === ABSENT,
  },
  {
    kind: "deliberate",
    name: "one unique id in a batch",
    why: "clients of 5.1 to 5.3 give all messages of a batch one id; the tool shows one of them, the console all",
    what: "Messages: by unique id",
    versions: ["5.3.3", "5.1.4"],
    is: ({ subject, console, oracle }) => subject.startsWith("t-batch ") && console !== ABSENT && oracle === ABSENT,
  },
  {
    kind: "deliberate",
    name: "pulled and not committed",
    why: "the tool knows only consumed and not consumed yet; brokers of 5.x say what was pulled, too",
    what: "Messages: consume states",
    versions: ["5.5.1", "5.5.0", "5.3.3", "5.1.4"],
    is: ({ console, oracle }) => console === "pulled" && oracle === "toConsume",
  },
  {
    kind: "deliberate",
    name: "groups without a retry topic",
    why: "the tool finds the brokers of a group by its retry topic and says UNKNOWN without; the console asks those of the message",
    what: "Messages: consume states",
    is: ({ console, oracle }) => oracle === "UNKNOWN" && (console === "toConsume" || console === "passed"),
  },
  {
    kind: "deliberate",
    name: "messages on their way",
    why: "where a topic has no match yet the console shows the half or delayed message that is to go there; the tool finds none",
    what: "Messages: by key between two times",
    is: ({ subject, console, oracle }) =>
      /^t-(trans|delayed|timed) /.test(subject) && console === true && oracle === ABSENT,
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
