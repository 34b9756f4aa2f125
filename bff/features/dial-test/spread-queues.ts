import { publishQueues, type PublishQueue } from "../../rocketmq/client/publish-queues.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";

/** A queue to send to and read from, beginning at its end. */
export interface RunQueue extends PublishQueue {
  topic: string;
  begin: bigint;
}

/** So many of them at most, as evenly over the brokers as they lie. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, n) => all[Math.floor((n * all.length) / most)]).filter(
    (one): one is T => one !== undefined,
  );
}

/** Queues of a topic that take messages, with where they end before anything is sent. Throws what the first broker said that does not tell. */
export async function runQueues(
  cluster: RocketMQCluster,
  topic: string,
  most: number,
  signal: AbortSignal,
): Promise<RunQueue[]> {
  const queues = spread(await publishQueues(cluster, topic, true), most);
  const ends = await cluster.fanOut(
    queues.map((queue) => ({ ...queue, name: queue.brokerName, addr: queue.address })),
    ({ addr, queueId }) => cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId }),
    { concurrency: 64, signal },
  );
  if (ends.failures[0] !== undefined) throw ends.failures[0].error;
  return ends.items.map(({ target: { brokerName, queueId, address }, value }) => {
    return { topic, brokerName, queueId, address, begin: value.offset };
  });
}
