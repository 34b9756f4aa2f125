import type { StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError } from "../errors.ts";
import { groupRpc, type OffsetWrapper } from "../rpc/group.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { noMaster } from "../cluster/replicas.ts";

/**
 * How far a group has come with a message, by offsets alone: `consuming` is pulled and not yet committed; `unknown` when the queue's offsets could
 * not be read. A group that pops (gRPC) has its offset moved on delivery, a broadcasting one keeps its offsets at the clients, and a failed message
 * counts as consumed because it goes on in the retry topic.
 */
export type ConsumeState = "toConsume" | "consuming" | "consumed" | "unknown";

/** Where a message lies, which is all that its state depends on. */
export type MessagePosition = Pick<StoredMessage, "topic" | "brokerName" | "queueId" | "queueOffset">;

/** States in the order of the messages. */
export interface ConsumeStates {
  states: ConsumeState[];
  failures: FanOutFailure[];
}

const keyOf = (topic: string, brokerName: string, queueId: number) => `${topic}\n${brokerName}\n${queueId}`;

function stateOf(offsets: OffsetWrapper | undefined, offset: bigint): ConsumeState {
  if (!offsets) return "unknown";
  if (offset < offsets.consumerOffset) return "consumed";
  return offset < (offsets.pullOffset ?? 0n) ? "consuming" : "toConsume";
}

/** Consume states of messages for a group: one call of GET_CONSUME_STATS for each broker and topic among them. */
export async function consumeStates(
  cluster: RocketMQCluster,
  group: string,
  messages: readonly MessagePosition[],
  options: { signal?: AbortSignal } = {},
): Promise<ConsumeStates> {
  const asked = new Map(
    messages.map(({ topic, brokerName = "" }) => [`${topic}\n${brokerName}`, { topic, brokerName }]),
  );
  const { targets, failures: absent } = await cluster.masters(options);
  const masters = new Map(targets.map(({ brokerName, addr }) => [brokerName, addr]));
  const offsets = new Map<string, OffsetWrapper>();
  const failures: FanOutFailure[] = [];
  await Promise.all(
    [...asked.values()].map(async ({ topic, brokerName }) => {
      const addr = masters.get(brokerName);
      if (addr === undefined) {
        const why = absent.find(({ target }) => target === brokerName);
        failures.push(why ?? { target: brokerName, error: noMaster(brokerName) });
        return;
      }
      try {
        const { offsetTable } = await cluster.call(
          groupRpc.getConsumeStats,
          addr,
          { consumerGroup: group, topic },
          options,
        );
        for (const [queue, wrapper] of offsetTable) offsets.set(keyOf(queue.topic, brokerName, queue.queueId), wrapper);
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push({ target: brokerName, error: asRocketMQError(error, addr) });
      }
    }),
  );
  const states = messages.map(({ topic, brokerName = "", queueId, queueOffset }) =>
    stateOf(offsets.get(keyOf(topic, brokerName, queueId)), queueOffset),
  );
  return { states, failures };
}
