import type { Failure } from "#contract/list.ts";
import type { QueueMove, ResetOffset } from "#contract/offset.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { onlineClients, presenceOf, type Connections } from "../../cluster/group-connections.ts";
import { consumesInOrder, isMadeToPop, movesOffsets } from "../../rocketmq/admin/offset-reset.ts";
import { certainZeros, committedAt, committedOrNever, type QueueOffsets } from "../../rocketmq/admin/queue-offsets.ts";
import { firstOffsetAt } from "../../rocketmq/admin/time-search.ts";
import { topicStats } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { topicRpc } from "../../rocketmq/rpc/topic.ts";

/** Where the group was in a queue, and what a reset did to it there. */
export interface Restored extends Pick<QueueMove, "brokerName" | "queueId"> {
  offset: string;
  undoes?: QueueMove["change"];
}

/** A reset as it is asked for, or one that takes another back: what each queue had. */
export type AskedReset = Omit<ResetOffset, "to"> & {
  to: ResetOffset["to"] | "restore";
  restore?: readonly Restored[];
  /** Who asks for it. */
  who: string;
};

/** A queue of the topic, where the group is there, and where it is to go; undefined: this reset says nothing of it. */
export interface QueueState extends QueueOffsets, Pick<QueueMove, "brokerName" | "queueId" | "addr" | "by"> {
  target: bigint | undefined;
}

const QUEUES_AT_ONCE = 64;
/** Somebody waits for the plan; queues that were not reached by then are failures of their broker. */
const DEADLINE_MS = 15_000;

/** What clients that reset by themselves are told; -1 is the end, as a time to come is. */
export function timestampOf({ to, time = 0 }: AskedReset, now: number): number {
  if (to === "earliest") return 0;
  return to === "time" && time <= now ? time : -1;
}

/** The queue that a reset names, if it is this one. */
const at = (queues: readonly Restored[], here: Omit<QueueState, "target">) =>
  queues.find(({ brokerName, queueId }) => brokerName === here.brokerName && queueId === here.queueId);

/**
 * Where an undo puts a queue. It goes the way back alone: who was put back and has consumed as far as they were, or further, is left there,
 * or they would consume once more what the reset never touched; and who was put ahead is never put further ahead.
 */
export function restoredTo({ offset, undoes }: Restored, committed: bigint | null): bigint {
  const was = BigInt(offset);
  const isBack = committed !== null && (undoes === "replay" ? committed > was : undoes === "skip" && committed < was);
  return isBack ? committed : was;
}

async function targetOf(
  cluster: RocketMQCluster,
  asked: AskedReset,
  queue: Omit<QueueState, "target">,
  now: number,
): Promise<bigint | undefined> {
  const { addr, brokerName, queueId, minOffset, maxOffset, by } = queue;
  const { topic, to, fromGroup = "", queue: one, restore = one ? [one] : [] } = asked;
  if (to === "offset" || to === "restore") {
    const named = at(restore, queue);
    return named && restoredTo(named, queue.committed);
  }
  if (to === "group") return (await committedOrNever(cluster, addr, { topic, queueId }, fromGroup)) ?? undefined;
  const timestamp = timestampOf(asked, now);
  if (timestamp === -1) return maxOffset;
  if (to === "earliest") return minOffset;
  if (by !== "clients") return firstOffsetAt(cluster, addr, { topic, brokerName, queueId }, { timestamp });
  // What the broker finds is what it tells clients: before 5.1.4 the message nearest to the time.
  const header = { topic, queueId, timestamp: BigInt(timestamp) };
  return (await cluster.call(offsetRpc.searchOffsetByTimestamp, addr, header)).offset;
}

/**
 * Who moves the queues of a broker. Before 5.2 it only tells clients: those that pull or pop do not heed it, and those that consume in order
 * may lose it, as their pending pull puts the offset back before they have locked the queue anew.
 */
async function moverOf(
  cluster: RocketMQCluster,
  addr: string,
  { group, topic }: AskedReset,
  consuming: Connections,
): Promise<{ by: QueueMove["by"]; pop: boolean }> {
  const [client] = onlineClients(consuming);
  const moves = await movesOffsets(cluster, addr);
  if (client === undefined) return { by: moves ? "broker" : "console", pop: false };
  const { clientId, via } = client;
  const pop = presenceOf(consuming).pop || (await isMadeToPop(cluster, addr, { group, topic, clientId }));
  if (moves) return { by: "broker", pop };
  const pushed = !pop && consuming.items.every(({ value }) => value.consumeType === "CONSUME_PASSIVELY");
  const heeds = pushed && !(await consumesInOrder(cluster, via.addr, { group, clientId }));
  return { by: heeds ? "clients" : "nobody", pop };
}

/** Every queue of the topic, at every master that has it; who did not answer is a failure. Which queues there are is what brokers list, never a number that they claim. */
export async function readQueues(
  cluster: RocketMQCluster,
  asked: AskedReset,
  consuming: Connections,
  now: number,
): Promise<{ queues: QueueState[]; pop: boolean; failures: Failure[] }> {
  const { topic, group } = asked;
  const stats = await topicStats(cluster, topic);
  const having = stats.items.map(({ target, value }) => ({ ...target, table: value.offsetTable }));
  const movers = await cluster.fanOut(having, ({ addr }) => moverOf(cluster, addr, asked, consuming));
  const listed = movers.items.flatMap(({ target: { table, ...target }, value: { by } }) =>
    table.map(([{ queueId }]) => ({ ...target, queueId, by })),
  );
  const bounds = { concurrency: QUEUES_AT_ONCE, deadlineMs: DEADLINE_MS };
  const offsets = await cluster.fanOut(
    listed,
    ({ addr, queueId }) => committedAt(cluster, addr, { topic, queueId }, group),
    bounds,
  );
  const zeros = await cluster.fanOut(having, ({ addr, brokerName }) => {
    const saidZero = offsets.items.filter(({ target, value }) => target.addr === addr && value === 0n);
    const places = saidZero.map(({ target: { queueId } }) => ({ topic, brokerName, queueId }));
    return certainZeros(cluster, addr, group, places);
  });
  const zeroAt = new Map(zeros.items.map(({ target, value }) => [target.addr, value]));
  // After the offsets, or a group that consumes would be ahead of the ends.
  const ends = await cluster.fanOut(having, ({ addr }) => cluster.call(topicRpc.getTopicStatsInfo, addr, { topic }));
  const endOf = new Map(
    ends.items.flatMap(({ target, value }) =>
      value.offsetTable.map(([{ queueId }, span]) => [`${target.addr} ${queueId}`, span] as const),
    ),
  );
  const spanned = offsets.items.flatMap(({ target, value }) => {
    const span = endOf.get(`${target.addr} ${target.queueId}`);
    const zero = zeroAt.get(target.addr);
    if (zero === undefined) return [];
    const committed = value === 0n ? zero({ topic, queueId: target.queueId }) : value;
    return span ? [{ ...target, committed, minOffset: span.minOffset, maxOffset: span.maxOffset }] : [];
  });
  const read = await cluster.fanOut(
    spanned,
    async ({ name: _, ...queue }): Promise<QueueState> => ({
      ...queue,
      target: await targetOf(cluster, asked, queue, now),
    }),
    bounds,
  );
  const queues = read.items.map(({ value }) => value);
  queues.sort((a, b) => a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId);
  return {
    queues,
    pop: movers.items.some(({ value }) => value.pop),
    failures: failuresOf(
      stats.failures,
      movers.failures,
      offsets.failures,
      zeros.failures,
      ends.failures,
      read.failures,
    ),
  };
}
