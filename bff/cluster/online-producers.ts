import { isInnerProducer } from "#contract/rules/names.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOut } from "../rocketmq/cluster/fan-out.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import { asRocketMQError, RocketMQError } from "../rocketmq/errors.ts";
import { producerRpc, type ProducerInfo } from "../rocketmq/rpc/producer.ts";
import { sharedRead } from "./catalog.ts";

/** The connection of a producer, as brokers write messages down that come by it. */
export const addressOf = ({ remoteIP }: Pick<ProducerInfo, "remoteIP">): string => remoteIP.replace(/^\//, "");

/** Producers connected to a broker, by group; those that clients have beside those of their application are left out. */
export async function producersAt(cluster: RocketMQCluster, addr: string): Promise<Map<string, ProducerInfo[]>> {
  const { data } = await cluster.call(producerRpc.getAllProducerInfo, addr, {});
  return new Map([...data].filter(([group]) => !isInnerProducer(group)));
}

type Producers = FanOut<BrokerTarget, Map<string, ProducerInfo[]>>;

const tellsNone = (brokerName: string, addr: string) =>
  new RocketMQError("REQUEST_CODE_NOT_SUPPORTED", `${brokerName} cannot list its producers: brokers can since 4.9.4`, {
    address: addr,
  });

/** The same at every master; one that is too old to list them is a failure (REQUEST_CODE_NOT_SUPPORTED), for nobody can say who is connected there. */
export const onlineProducers = sharedRead(async (cluster): Promise<Producers & { at: number }> => {
  const at = Date.now();
  const asked = await cluster.onMasters(async ({ addr, brokerName }) => {
    if (!(await cluster.can(addr, "listProducers"))) throw tellsNone(brokerName, addr);
    return producersAt(cluster, addr);
  });
  return { at, ...asked };
}).get;

/** Of 204 for a group without connections, as for what went wrong. Source: AdminBrokerProcessor.getProducerConnectionList. */
const SYSTEM_ERROR = 1;

/** One group at a broker that cannot list them, by its whole name; `lastUpdateTimestamp` is not told there. */
async function askedByName(cluster: RocketMQCluster, addr: string, producerGroup: string): Promise<ProducerInfo[]> {
  try {
    const { connectionSet } = await cluster.call(producerRpc.getProducerConnectionList, addr, { producerGroup });
    return connectionSet.map(({ clientAddr, ...client }) => ({
      ...client,
      remoteIP: clientAddr,
      lastUpdateTimestamp: 0,
    }));
  } catch (error) {
    const { responseCode, remark } = asRocketMQError(error, addr);
    if (responseCode === SYSTEM_ERROR && remark?.includes("not exist") === true) return [];
    throw error;
  }
}

/** Producers of one group at every master, those too old to list them all among them. */
export async function producersOfGroup(
  cluster: RocketMQCluster,
  group: string,
  fresh = false,
): Promise<FanOut<BrokerTarget, ProducerInfo[]>> {
  const listed = await onlineProducers(cluster, fresh);
  const isOld = new Set(
    listed.failures.flatMap(({ target, error }) => (error.code === "REQUEST_CODE_NOT_SUPPORTED" ? [target] : [])),
  );
  const { targets } = isOld.size === 0 ? { targets: [] } : await cluster.masters();
  const asked = await cluster.fanOut(
    targets.filter(({ name }) => isOld.has(name)),
    ({ addr }) => askedByName(cluster, addr, group),
  );
  return {
    items: [
      ...listed.items.map(({ target, value }) => ({ target, value: value.get(group) ?? [] })),
      ...asked.items,
    ].filter(({ value }) => value.length > 0),
    failures: [...listed.failures.filter(({ target }) => !isOld.has(target)), ...asked.failures],
  };
}
