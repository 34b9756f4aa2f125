import type { Failure } from "#contract/list.ts";
import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import type { PlanWarning, Unkept } from "#contract/plan.ts";
import { warn } from "../../cluster/plan-lines.ts";
import type { QueueState, AskedReset } from "./reset-queues.ts";

/** What a reset rests on besides its queues. */
export interface ResetFacts {
  target: { namesrvAddrs: readonly string[] };
  clients: OffsetPlan["clients"];
  /** Its clients keep their offsets themselves. */
  broadcasting: boolean;
  /** Its clients pop, so brokers hold messages of theirs that are under way. */
  pop: boolean;
  ordered: boolean;
  /** Brokers that have the group; those that do not refuse an offset of it. */
  groupAt: ReadonlySet<string>;
  system: boolean;
  failures: readonly Failure[];
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const positive = (n: bigint) => larger(n, 0n);

/** An older broker says 0 of a group without an offset, too, for as long as the queue begins in memory: with nobody online 0 is written, so that it stays. */
function changeOf({ committed, by }: QueueState, after: bigint, online: boolean): QueueMove["change"] {
  if (committed === null || (committed === 0n && after === 0n && by === "clients" && !online)) return "first";
  if (after === committed) return "none";
  return after > committed ? "skip" : "replay";
}

/** Where a queue goes, within what it holds; what retention has deleted can be neither skipped nor consumed once more. */
function moveOf(queue: QueueState, online: boolean): QueueMove[] {
  const { target, committed, minOffset, maxOffset } = queue;
  if (target === undefined) return [];
  const after = larger(smaller(target, maxOffset), minOffset);
  const messages = (of: (from: bigint) => bigint) => (committed === null ? null : positive(of(committed)).toString());
  return [
    {
      brokerName: queue.brokerName,
      queueId: queue.queueId,
      addr: queue.addr,
      change: changeOf(queue, after, online),
      minOffset: minOffset.toString(),
      maxOffset: maxOffset.toString(),
      before: committed?.toString() ?? null,
      after: after.toString(),
      skipped: messages((from) => after - larger(from, minOffset)),
      replayed: messages((from) => from - after),
    },
  ];
}

const sum = (changes: readonly QueueMove[], of: (move: QueueMove) => string | null) =>
  changes.reduce((total, move) => total + BigInt(of(move) ?? 0), 0n).toString();

const brokersOf = (queues: readonly { brokerName: string }[]) =>
  [...new Set(queues.map(({ brokerName }) => brokerName))].join(", ");

function warningsOf(queues: readonly QueueState[], changes: readonly QueueMove[], facts: ResetFacts): PlanWarning[] {
  const { clients, groupAt, pop, ordered } = facts;
  const told = queues.filter(({ by }) => by === "clients");
  const expired = changes.filter(({ before, minOffset }) => before !== null && BigInt(before) < BigInt(minOffset));
  const first = changes.filter(({ before }) => before === null);
  const without = changes.filter(({ brokerName }) => !groupAt.has(brokerName));
  const left = queues.length - changes.length;
  return [
    ...(clients.length > 0 && told.length > 0 ? [warn("clientsReset", { brokers: brokersOf(told) })] : []),
    ...(clients.length > 0 && told.length < queues.length ? [warn("clientsFollow", { clients: clients.length })] : []),
    ...(pop && ordered ? [warn("popOrdered")] : []),
    ...(expired.length > 0 ? [warn("expired", { queues: expired.length })] : []),
    ...(first.length > 0 ? [warn("neverCommitted", { queues: first.length })] : []),
    ...(without.length > 0 ? [warn("groupNotAt", { brokers: brokersOf(without) })] : []),
    ...(left > 0 ? [warn("queuesStay", { queues: left })] : []),
  ];
}

/** Clients that move the offsets themselves can only be told a time, and only of queues that all have an offset; those that pop not even that. */
function mustStop(queues: readonly QueueState[], { to }: AskedReset, { clients, pop }: ResetFacts): boolean {
  if (clients.length === 0) return false;
  const told = queues.filter(({ by }) => by === "clients");
  const precise = to === "offset" || to === "group" || to === "restore";
  return told.some(({ committed }) => precise || pop || committed === null);
}

function blockOf(queues: readonly QueueState[], asked: AskedReset, facts: ResetFacts): OffsetPlan["blocked"] {
  const { failures, groupAt, system, broadcasting } = facts;
  const outside = ({ target, minOffset, maxOffset }: QueueState) =>
    target !== undefined && (target < minOffset || target > maxOffset);
  if (system) return "SYSTEM_RESOURCE";
  if (broadcasting) return "GROUP_BROADCASTING";
  // Brokers that have proxies move offsets themselves, whoever is online there.
  const unread = failures.filter(({ code }) => code !== "GRPC_CLIENTS_UNSEEN");
  if (unread.length > 0 && !asked.partial) return "NOT_ALL_BROKERS";
  if (queues.length === 0) return "TOPIC_NOT_EXIST";
  if (groupAt.size === 0) return "SUBSCRIPTION_GROUP_NOT_EXIST";
  if (mustStop(queues, asked, facts)) return "CLIENTS_MUST_STOP";
  return asked.to === "offset" && queues.some(outside) ? "OFFSET_OUT_OF_RANGE" : null;
}

/** The same in the words of RocketMQ's own tool, which knows times and single queues. */
function commandsOf(asked: AskedReset, changes: readonly QueueMove[], { target }: ResetFacts): string[] {
  const { group, topic, to, time = 0 } = asked;
  const namesrv = `-n '${target.namesrvAddrs.join(";")}'`;
  if (to === "latest") return [`mqadmin skipAccumulatedMessage ${namesrv} -g '${group}' -t '${topic}' -f true`];
  const reset = `mqadmin resetOffsetByTime ${namesrv} -g '${group}' -t '${topic}'`;
  if (to === "earliest" || to === "time") return [`${reset} -s ${to === "time" ? time : 0} -f true`];
  return changes.map(({ addr, queueId, after }) => `${reset} -b ${addr} -q ${queueId} -o ${after} -s 0`);
}

export function planReset(asked: AskedReset, queues: readonly QueueState[], facts: ResetFacts): Unkept<OffsetPlan> {
  const changes = queues.flatMap((queue) => moveOf(queue, facts.clients.length > 0));
  return {
    changes,
    skipped: sum(changes, ({ skipped }) => skipped),
    replayed: sum(changes, ({ replayed }) => replayed),
    clients: facts.clients,
    blocked: blockOf(queues, asked, facts),
    warnings: warningsOf(queues, changes, facts),
    commands: commandsOf(asked, changes, facts),
    failures: [...facts.failures],
  };
}

/** A group goes on consuming while a plan is looked at: it still holds as long as the same queues would go the same way. */
export function stillHolds(shown: Unkept<OffsetPlan>, now: Unkept<OffsetPlan>): boolean {
  const found = new Map(now.changes.map((move) => [`${move.brokerName} ${move.queueId}`, move]));
  const holds = ({ brokerName, queueId, change, after }: QueueMove) => {
    const move = found.get(`${brokerName} ${queueId}`);
    if (move === undefined || BigInt(after) < BigInt(move.minOffset) || BigInt(after) > BigInt(move.maxOffset))
      return false;
    if (move.before === null) return change === "first";
    const [before, to] = [BigInt(move.before), BigInt(after)];
    return (
      change === "first" ||
      before === to ||
      (to > before ? change === "skip" : change === "replay" || change === "none")
    );
  };
  return shown.blocked === now.blocked && found.size === shown.changes.length && shown.changes.every(holds);
}
