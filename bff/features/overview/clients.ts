import type { Failure } from "#contract/list.ts";
import { isInnerProducer, isSystemGroup } from "#contract/rules/names.ts";
import { failuresOf } from "../../cluster/failures.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { groupTable } from "../../rocketmq/admin/group-admin.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { producerRpc } from "../../rocketmq/rpc/producer.ts";

async function count(
  cluster: RocketMQCluster,
  namesOf: (addr: string) => Promise<Iterable<string>>,
): Promise<{ count: number | null; failures: FanOutFailure[] }> {
  const { items, failures } = await cluster.onMasters(({ addr }) => namesOf(addr));
  const names = new Set(items.flatMap(({ value }) => [...value]));
  return { count: items.length === 0 ? null : names.size, failures };
}

/** Groups of producers online and of consumers that exist, by name over all masters. */
export async function countClients(
  cluster: RocketMQCluster,
): Promise<{ producerGroups: number | null; consumerGroups: number | null; failures: Failure[] }> {
  const [producers, consumers] = await Promise.all([
    count(cluster, async (addr) => {
      const { data } = await cluster.call(producerRpc.getAllProducerInfo, addr, {});
      return [...data.keys()].filter((group) => !isInnerProducer(group));
    }),
    count(cluster, async (addr) =>
      [...(await groupTable(cluster, addr)).keys()].filter((group) => !isSystemGroup(group)),
    ),
  ]);
  // A broker that is too old to list its producers is no failure: the figure is unknown then.
  const failures = [...producers.failures, ...consumers.failures].filter(
    ({ error }) => error.code !== "REQUEST_CODE_NOT_SUPPORTED",
  );
  return { producerGroups: producers.count, consumerGroups: consumers.count, failures: failuresOf(failures) };
}
