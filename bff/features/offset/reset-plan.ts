import type { Failure } from "#contract/list.ts";
import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import type { PlanWarning, Unkept } from "#contract/plan.ts";
import { mqadmin } from "../../cluster/mqadmin.ts";
import { lineName, warn } from "../../cluster/plan-lines.ts";
import type { QueueState, AskedReset } from "./reset-queues.ts";

/** What a reset rests on besides its queues. */
export interface ResetFacts {
  namesrvAddrs: readonly string[];
  /** Those that consume the topic. */
  clients: OffsetPlan["clients"];
  /** They keep their offsets themselves. */
  broadcasting: boolean;
  /** They pop, so brokers hold messages of theirs that are under way; of a group in order those go with a reset. */
  pop: boolean;
  ordered: boolean;
  /** Brokers that have the group; those that do not refuse an offset of it. */
  groupAt: ReadonlySet<string>;
  system: boolean;
  /** Whose queues nobody could read. */
  unread: readonly Failure[];
  failures: readonly Failure[];
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

function changeOf(before: bigint | null, after: bigint, by: QueueMove["by"]): QueueMove["change"] {
  // An older broker says 0 of a group without an offset, too, for as long as the queue begins in memory: 0 is written, so that it stays.
  if (before === null || (by === "console" && before === 0n && after === 0n)) return "first";
  if (after === before) return "none";
  return after > before ? "skip" : "replay";
}

/** Where a queue goes, within what it holds; what retention has deleted can be neither skipped nor consumed once more, nor what never came. */
function moveOf({ target, committed, minOffset, maxOffset, ...place }: QueueState): QueueMove[] {
  if (target === undefined) return [];
  const after = larger(smaller(target, maxOffset), minOffset);
  const messages = (until: (from: bigint) => bigint) =>
    committed === null ? null : larger(until(committed), 0n).toString();
  return [
    {
      ...place,
      change: changeOf(committed, after, place.by),
      minOffset: minOffset.toString(),
      maxOffset: maxOffset.toString(),
      before: committed?.toString() ?? null,
      after: after.toString(),
      skipped: messages((from) => after - larger(from, minOffset)),
      replayed: messages((from) => smaller(from, maxOffset) - after),
    },
  ];
}

const sum = (changes: readonly QueueMove[], of: "skipped" | "replayed") =>
  changes.reduce((total, { [of]: messages }) => total + BigInt(messages ?? 0), 0n).toString();

const brokersOf = (queues: readonly { brokerName: string }[]) =>
  [...new Set(queues.map(({ brokerName }) => brokerName))].join(", ");

function warningsOf(
  { to }: AskedReset,
  queues: readonly QueueState[],
  changes: readonly QueueMove[],
  facts: ResetFacts,
): PlanWarning[] {
  const { clients, groupAt, pop, ordered } = facts;
  const moving = changes.filter(({ change }) => change !== "none");
  const told = moving.filter(({ by }) => by === "clients");
  const expired = changes.filter(({ before, minOffset }) => before !== null && BigInt(before) < BigInt(minOffset));
  const beyond = changes.filter(({ before, maxOffset }) => before !== null && BigInt(before) > BigInt(maxOffset));
  const first = changes.filter(({ before }) => before === null);
  const without = changes.filter(({ brokerName }) => !groupAt.has(brokerName));
  const left = queues.length - changes.length;
  const holding = changes.filter(({ minOffset, maxOffset }) => minOffset !== maxOffset);
  const atEnd = (end: "minOffset" | "maxOffset") =>
    to === "time" && holding.length > 0 && holding.every((move) => move.after === move[end]);
  const some: [boolean, PlanWarning][] = [
    [told.length > 0, warn("clientsReset", { brokers: brokersOf(told) })],
    [
      clients.length > 0 && moving.some(({ by }) => by === "broker"),
      warn("clientsFollow", { clients: clients.length }),
    ],
    [atEnd("minOffset"), warn("atEarliest")],
    [atEnd("maxOffset") && !atEnd("minOffset"), warn("atLatest")],
    [pop && !ordered && moving.length > 0, warn("pop")],
    [expired.length > 0, warn("expired", { queues: expired.length })],
    [beyond.length > 0, warn("beyondEnd", { queues: beyond.length })],
    [first.length > 0, warn("neverCommitted", { queues: first.length })],
    [without.length > 0, warn("groupNotAt", { brokers: brokersOf(without) })],
    [left > 0, warn("queuesStay", { queues: left })],
  ];
  return some.flatMap(([is, warning]) => (is ? [warning] : []));
}

/** Clients that move the offsets themselves can only be told a time, and only of queues that all have an offset. */
function mustStop(queues: readonly QueueState[], { to }: AskedReset): boolean {
  const precise = to === "offset" || to === "group" || to === "restore";
  return queues.some(({ by, committed }) => by === "nobody" || (by === "clients" && (precise || committed === null)));
}

function blockOf(queues: readonly QueueState[], asked: AskedReset, facts: ResetFacts): OffsetPlan["blocked"] {
  const outside = ({ target, minOffset, maxOffset }: QueueState) =>
    target !== undefined && (target < minOffset || target > maxOffset);
  if (facts.system) return "SYSTEM_RESOURCE";
  if (facts.broadcasting) return "GROUP_BROADCASTING";
  if (facts.unread.length > 0 && !asked.partial) return "NOT_ALL_BROKERS";
  if (queues.length === 0) return "TOPIC_NOT_EXIST";
  if (facts.groupAt.size === 0) return "SUBSCRIPTION_GROUP_NOT_EXIST";
  if (mustStop(queues, asked)) return "CLIENTS_MUST_STOP";
  return asked.to === "offset" && queues.some(outside) ? "OFFSET_OUT_OF_RANGE" : null;
}

/** The same in the words of RocketMQ's own tool. With brokers before 5.2 it does not move single queues, and finds the message nearest to a time. */
function commandsOf(
  { group, topic, to, time = 0 }: AskedReset,
  changes: readonly QueueMove[],
  namesrvAddrs: readonly string[],
): string[] {
  const of = { n: namesrvAddrs, g: group, t: topic };
  if (to === "latest") return [mqadmin("skipAccumulatedMessage", { ...of, f: true })];
  if (to === "earliest") return [mqadmin("resetOffsetByTime", { ...of, s: 0, f: true })];
  if (changes.some(({ by }) => by === "console")) return [];
  if (to === "time") return [mqadmin("resetOffsetByTime", { ...of, s: time, f: true })];
  const moving = changes.filter(({ change }) => change !== "none");
  return moving.map(({ addr, queueId, after }) =>
    mqadmin("resetOffsetByTime", { ...of, b: addr, q: queueId, o: after, s: 0 }),
  );
}

export function planReset(asked: AskedReset, queues: readonly QueueState[], facts: ResetFacts): Unkept<OffsetPlan> {
  const changes = queues.flatMap(moveOf);
  const blocked = blockOf(queues, asked, facts);
  return {
    changes,
    skipped: sum(changes, "skipped"),
    replayed: sum(changes, "replayed"),
    clients: facts.clients,
    blocked,
    // What would be is not told of what cannot be done.
    warnings: blocked === null ? warningsOf(asked, queues, changes, facts) : [],
    commands: blocked === null ? commandsOf(asked, changes, facts.namesrvAddrs) : [],
    failures: [...facts.failures],
  };
}

/** A group goes on consuming while a plan is looked at: what a queue's change may have become. */
const STILL: Record<QueueMove["change"], readonly QueueMove["change"][]> = {
  skip: ["skip", "none"],
  replay: ["replay", "none"],
  none: ["none", "replay"],
  first: ["first", "skip", "replay", "none"],
};

/** A plan holds as long as the same queues would go the same way; those of an undo go it or are there by now, however far they went by themselves. */
export function stillHolds(
  shown: Unkept<OffsetPlan>,
  now: Unkept<OffsetPlan>,
  { to }: Pick<AskedReset, "to">,
): boolean {
  const found = new Map(now.changes.map((move) => [lineName(move), move]));
  const holds = (line: QueueMove) => {
    const [move, after] = [found.get(lineName(line)), BigInt(line.after)];
    if (move?.by !== line.by || after < BigInt(move.minOffset) || after > BigInt(move.maxOffset)) return false;
    const before = move.before === null ? null : BigInt(move.before);
    return STILL[line.change].includes(to === "restore" ? move.change : changeOf(before, after, line.by));
  };
  return shown.blocked === now.blocked && found.size === shown.changes.length && shown.changes.every(holds);
}
