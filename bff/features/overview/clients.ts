import type { Failure } from "#contract/list.ts";
import { isInnerProducer, isSystemGroup } from "#contract/rules/names.ts";
import { failuresOf } from "../../cluster/failures.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { groupTable } from "../../rocketmq/admin/group-admin.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { producerRpc } from "../../rocketmq/rpc/producer.ts";

/** Undefined where a broker cannot tell: the figure is unknown then, which is no failure. */
type Named = (addr: string) => Promise<Iterable<string> | undefined>;

async function count(
  cluster: RocketMQCluster,
  namesOf: Named,
): Promise<{ count: number | null; failures: FanOutFailure[] }> {
  const { items, failures } = await cluster.onMasters(({ addr }) => namesOf(addr));
  const told = items.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const names = new Set(told.flatMap((value) => [...value]));
  return { count: told.length === 0 || told.length < items.length ? null : names.size, failures };
}

/** Groups of producers online and of consumers that exist, by name over all masters. */
export async function countClients(
  cluster: RocketMQCluster,
): Promise<{ producerGroups: number | null; consumerGroups: number | null; failures: Failure[] }> {
  const [producers, consumers] = await Promise.all([
    count(cluster, async (addr) => {
      if (!(await cluster.can(addr, "listProducers"))) return undefined;
      const { data } = await cluster.call(producerRpc.getAllProducerInfo, addr, {});
      return [...data.keys()].filter((group) => !isInnerProducer(group));
    }),
    count(cluster, async (addr) =>
      [...(await groupTable(cluster, addr)).keys()].filter((group) => !isSystemGroup(group)),
    ),
  ]);
  const failures = failuresOf(producers.failures, consumers.failures);
  return { producerGroups: producers.count, consumerGroups: consumers.count, failures };
}
