import { asRocketMQError } from "../errors.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOut, Target } from "../cluster/fan-out.ts";

/** Namespace of the name servers in which ordered topics say how many queues each broker has. */
const ORDER_TOPIC_CONFIG = "ORDER_TOPIC_CONFIG";
const QUERY_NOT_FOUND = 22;

/** Write queues of an ordered topic by broker: `brokerA:8;brokerB:4` at the name servers. */
export type OrderConf = ReadonlyMap<string, number>;

/** As name servers keep it. */
export const formatOrderConf = (conf: OrderConf): string =>
  [...conf].map(([broker, queues]) => `${broker}:${queues}`).join(";");

export function parseOrderConf(value: string | undefined): OrderConf {
  const entries = (value ?? "").split(";").flatMap((entry): [string, number][] => {
    const at = entry.lastIndexOf(":");
    const queues = Number(entry.slice(at + 1));
    return at > 0 && Number.isInteger(queues) ? [[entry.slice(0, at), queues]] : [];
  });
  return new Map(entries);
}

/** Where an ordered topic has how many queues, in the words of a name server, or undefined. */
export async function readOrderConf(cluster: RocketMQCluster, topic: string): Promise<string | undefined> {
  const { value } = await cluster.callNamesrv(namesrvRpc.getKvConfig, { namespace: ORDER_TOPIC_CONFIG, key: topic });
  return value;
}

/** What each name server that answers says of the order of all topics, by topic. */
export async function allOrderConfs(cluster: RocketMQCluster): Promise<FanOut<Target, ReadonlyMap<string, OrderConf>>> {
  const targets = cluster.namesrvAddrs.map((addr) => ({ name: addr, addr }));
  return cluster.fanOut(targets, async ({ addr }) => {
    const table = await orderTable(cluster, addr);
    return new Map([...table].map(([topic, conf]) => [topic, parseOrderConf(conf)]));
  });
}

async function orderTable(cluster: RocketMQCluster, addr: string): Promise<ReadonlyMap<string, string>> {
  try {
    const { table } = await cluster.call(namesrvRpc.getKvListByNamespace, addr, { namespace: ORDER_TOPIC_CONFIG });
    return table;
  } catch (error) {
    if (asRocketMQError(error).responseCode === QUERY_NOT_FOUND) return new Map();
    throw error;
  }
}

/**
 * Changes what every name server says of a topic's order, and nothing that the change leaves alone: a broker that is down
 * keeps its entry, or the keys of its queues would move. One that lost the configuration gets it from the others.
 * Names in the result are the name servers'.
 */
export async function changeOrderConf(
  cluster: RocketMQCluster,
  topic: string,
  change: (stored: OrderConf) => OrderConf,
): Promise<FanOut<Target, void>> {
  const key = { namespace: ORDER_TOPIC_CONFIG, key: topic };
  const read = await cluster.callAllNamesrvs(namesrvRpc.getKvConfig, key);
  const all = new Map(read.items.flatMap(({ value }) => [...parseOrderConf(value.value)]));
  const stored = new Map(read.items.map(({ target, value }) => [target.addr, value.value]));
  const written = await cluster.fanOut(
    read.items.map(({ target }) => target),
    async ({ addr }) => {
      const before = stored.get(addr);
      const after = change(new Map([...all, ...parseOrderConf(before)]));
      if (after.size === 0) {
        if (before !== undefined) await cluster.call(namesrvRpc.deleteKvConfig, addr, key);
      } else if (formatOrderConf(after) !== before) {
        await cluster.call(namesrvRpc.putKvConfig, addr, { ...key, value: formatOrderConf(after) });
      }
    },
  );
  return { items: written.items, failures: [...read.failures, ...written.failures] };
}
