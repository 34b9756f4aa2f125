import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { producerRpc } from "../../../rocketmq/rpc/producer.ts";

/** How many producers of a group are connected to one master; null where it does not tell. */
export async function producersOf(
  cluster: RocketMQCluster,
  addr: string,
  signal?: AbortSignal,
): Promise<(group: string | null) => number | null> {
  if (!(await cluster.can(addr, "listProducers"))) return () => null;
  try {
    const { data } = await cluster.call(producerRpc.getAllProducerInfo, addr, {}, { signal });
    return (group) => (group === null ? null : (data.get(group)?.length ?? 0));
  } catch (error) {
    signal?.throwIfAborted();
    asRocketMQError(error);
    return () => null;
  }
}
