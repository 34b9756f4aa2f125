import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import { groupRpc, type OffsetWrapper } from "../rpc/group.ts";
import { offsetRpc } from "../rpc/offset.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { noMaster } from "../cluster/replicas.ts";
import { committedOrNever } from "./queue-offsets.ts";

/**
 * How far a group has come with a message, by offsets alone. `passed` is all that a committed offset tells: the message was consumed, failed, left
 * out by a filter, or skipped. `pulled` is not committed yet. `beyondEnd`: the offset says nothing, or the queue does not reach the message.
 * `neverCommitted`: the group has no offset in the queue. `unknown`: nobody said.
 */
export type OffsetState = "toConsume" | "pulled" | "passed" | "beyondEnd" | "neverCommitted" | "unknown";

/** What brokers say of a message's queue: the group's offset, null where it has none, and where the queue ends; undefined where nobody said. */
export interface ConsumeState {
  state: OffsetState;
  committed?: bigint | null;
  end?: bigint;
  /** Where clients were given messages up to; brokers before 5.0 do not tell, and of what is popped it is what is committed. */
  pulled?: bigint;
}

/** Where a message lies, which is all that its state depends on. */
export type MessagePosition = Pick<StoredMessage, "topic" | "brokerName" | "queueId" | "queueOffset">;

/** States in the order of the messages. */
export interface ConsumeStates {
  states: ConsumeState[];
  failures: FanOutFailure[];
}

interface Progress {
  committed: bigint | null;
  end: bigint;
  pulled: bigint;
}

type Ask = { signal?: AbortSignal };

const keyOf = (topic: string, brokerName: string, queueId: number) => `${topic}\n${brokerName}\n${queueId}`;

function stateOf(progress: Progress | undefined, offset: bigint): ConsumeState {
  if (!progress) return { state: "unknown" };
  const { committed, end, pulled } = progress;
  const told = (state: OffsetState): ConsumeState => ({ state, committed, end, pulled });
  if (offset >= end || (committed ?? 0n) > end) return told("beyondEnd");
  if (offset < (committed ?? 0n)) return told("passed");
  if (offset < pulled) return told("pulled");
  return told(committed === null ? "neverCommitted" : "toConsume");
}

/** GET_CONSUME_STATS has 0 for a queue without an offset, has no queue that cannot be read, and reads the end before the offset. */
async function progressAt(
  cluster: RocketMQCluster,
  addr: string,
  queue: { topic: string; queueId: number; group: string },
  stats: OffsetWrapper | undefined,
  options: Ask,
): Promise<Progress> {
  const { topic, queueId, group } = queue;
  const committed =
    stats?.consumerOffset || (await committedOrNever(cluster, addr, { topic, queueId }, group, options));
  const isWithin = stats !== undefined && (committed ?? 0n) <= stats.brokerOffset;
  const end = isWithin
    ? stats.brokerOffset
    : (await cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId }, options)).offset;
  return { committed, end, pulled: stats?.pullOffset ?? 0n };
}

/** Consume states of messages for a group: one call of GET_CONSUME_STATS for each broker and topic among them, and two more for a queue at most. */
export async function consumeStates(
  cluster: RocketMQCluster,
  group: string,
  messages: readonly MessagePosition[],
  options: Ask = {},
): Promise<ConsumeStates> {
  const asked = new Map<string, { topic: string; brokerName: string; queueIds: Set<number> }>();
  for (const { topic, brokerName = "", queueId } of messages) {
    const key = `${topic}\n${brokerName}`;
    const one = asked.get(key) ?? { topic, brokerName, queueIds: new Set() };
    asked.set(key, one);
    one.queueIds.add(queueId);
  }
  const { targets, failures: absent } = await cluster.masters(options);
  const masters = new Map(targets.map(({ brokerName, addr }) => [brokerName, addr]));
  const known = new Map<string, Progress>();
  const failures: FanOutFailure[] = [];
  await Promise.all(
    [...asked.values()].map(async ({ topic, brokerName, queueIds }) => {
      const addr = masters.get(brokerName);
      if (addr === undefined) {
        const why = absent.find(({ target }) => target === brokerName);
        failures.push(why ?? { target: brokerName, error: noMaster(brokerName) });
        return;
      }
      try {
        const header = { consumerGroup: group, topic };
        const { offsetTable } = await cluster.call(groupRpc.getConsumeStats, addr, header, options);
        const stats = new Map(offsetTable.map(([queue, offsets]) => [queue.queueId, offsets]));
        const queues = [...queueIds].map((queueId) => ({ brokerName, queueId }));
        await cluster.turns.each(
          queues,
          async ({ queueId }) => {
            const queue = { topic, queueId, group };
            known.set(
              keyOf(topic, brokerName, queueId),
              await progressAt(cluster, addr, queue, stats.get(queueId), options),
            );
          },
          options.signal,
        );
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push({ target: brokerName, error: asRocketMQError(error, addr) });
      }
    }),
  );
  const states = messages.map(({ topic, brokerName = "", queueId, queueOffset }) =>
    stateOf(known.get(keyOf(topic, brokerName, queueId)), queueOffset),
  );
  return { states, failures };
}
