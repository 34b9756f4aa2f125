import type { Failure } from "#contract/list.ts";
import type { ResetOffset } from "#contract/offset.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { resetsBy, type ResetBy } from "../../rocketmq/admin/offset-reset.ts";
import { committedAt, type QueueOffsets } from "../../rocketmq/admin/queue-offsets.ts";
import { firstOffsetAt } from "../../rocketmq/admin/time-search.ts";
import { topicStats } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";

/** A reset as it is asked for, or one that takes another back: what each queue had. */
export type AskedReset = Omit<ResetOffset, "to"> & {
  to: ResetOffset["to"] | "restore";
  restore?: readonly { brokerName: string; queueId: number; offset: string }[];
};

/** A queue of the topic, where the group is there, and where it is to go; undefined: this reset says nothing of it. */
export interface QueueState extends QueueOffsets {
  brokerName: string;
  queueId: number;
  addr: string;
  by: ResetBy;
  target: bigint | undefined;
}

const QUEUES_AT_ONCE = 64;
/** Somebody waits for the plan; queues that were not reached by then are failures of their broker. */
const DEADLINE_MS = 15_000;

/** What clients that reset by themselves are told; undefined where no time says it. -1 is the end, as a time to come is. */
export function timestampOf({ to, time = 0 }: AskedReset, now: number): number | undefined {
  if (to === "earliest") return 0;
  if (to === "latest") return -1;
  if (to !== "time") return undefined;
  return time > now ? -1 : time;
}

/** What the broker itself finds at a time, by which clients are told where to go: before 5.1.4 the nearest message. */
async function askedAt(cluster: RocketMQCluster, addr: string, topic: string, queueId: number, timestamp: number) {
  const header = { topic, queueId, timestamp: BigInt(timestamp) };
  return (await cluster.call(offsetRpc.searchOffsetByTimestamp, addr, header)).offset;
}

async function targetOf(
  cluster: RocketMQCluster,
  asked: AskedReset,
  queue: Omit<QueueState, "target">,
  now: { at: number; online: boolean },
): Promise<bigint | undefined> {
  const { addr, brokerName, queueId, minOffset, maxOffset, by } = queue;
  const { topic, to, fromGroup = "" } = asked;
  const isThis = (one: { brokerName: string; queueId: number }) =>
    one.brokerName === brokerName && one.queueId === queueId;
  if (to === "offset") return asked.queue && isThis(asked.queue) ? BigInt(asked.queue.offset) : undefined;
  if (to === "restore") {
    const had = asked.restore?.find(isThis);
    return had && BigInt(had.offset);
  }
  if (to === "group") return (await committedAt(cluster, addr, { topic, queueId }, fromGroup)) ?? undefined;
  const timestamp = timestampOf(asked, now.at) ?? -1;
  if (timestamp === -1) return maxOffset;
  if (to === "earliest") return minOffset;
  return by === "clients" && now.online
    ? askedAt(cluster, addr, topic, queueId, timestamp)
    : firstOffsetAt(cluster, addr, { topic, brokerName, queueId }, { timestamp });
}

/** Every queue of the topic, at every master that has it; who did not answer is a failure. Which queues there are is what brokers list, never a number that they claim. */
export async function readQueues(
  cluster: RocketMQCluster,
  asked: AskedReset,
  now: { at: number; online: boolean },
): Promise<{ queues: QueueState[]; failures: Failure[] }> {
  const { topic, group } = asked;
  const stats = await topicStats(cluster, topic);
  const having = stats.items.map(({ target, value }) => ({ ...target, table: value.offsetTable }));
  const ways = await cluster.fanOut(having, ({ addr }) => resetsBy(cluster, addr));
  const listed = ways.items.flatMap(({ target: { table, ...target }, value: by }) =>
    table.map(([{ queueId }, { minOffset, maxOffset }]) => ({ ...target, queueId, by, minOffset, maxOffset })),
  );
  const read = await cluster.fanOut(
    listed,
    async ({ addr, brokerName, queueId, by, minOffset, maxOffset }): Promise<QueueState> => {
      const committed = await committedAt(cluster, addr, { topic, queueId }, group);
      const queue = { brokerName, queueId, addr, by, minOffset, maxOffset, committed };
      return { ...queue, target: await targetOf(cluster, asked, queue, now) };
    },
    { concurrency: QUEUES_AT_ONCE, deadlineMs: DEADLINE_MS },
  );
  const queues = read.items.map(({ value }) => value);
  queues.sort((a, b) => a.brokerName.localeCompare(b.brokerName) || a.queueId - b.queueId);
  return { queues, failures: failuresOf(stats.failures, ways.failures, read.failures) };
}
