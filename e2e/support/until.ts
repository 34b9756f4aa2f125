import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { connectionsByServer } from "../../bff/rocketmq/admin/group-admin.ts";
import { queryByKey, queryByUniqKey } from "../../bff/rocketmq/admin/message-admin.ts";
import { eventually } from "../../bff/testing/test-topic.ts";
import type { Api } from "./api-client.ts";

/** Waits until the console offers a topic: it keeps names for some seconds, and a page asks it once. */
export const untilOffered = (api: Api, instanceId: string, topic: string) =>
  eventually(`${topic} is offered`, async () => {
    const names = await api.topic.suggest({ instanceId, search: topic });
    return names.includes(topic) || undefined;
  });

/** Waits until a message is found by a key: brokers index a message some time after they have answered for it. */
export const untilIndexed = (cluster: RocketMQCluster, topic: string, key: string) =>
  eventually(`${key} is in the index`, async () => (await queryByKey(cluster, { topic, key })).items[0]);

/** The same by its own id. */
export const untilFound = (cluster: RocketMQCluster, topic: string, msgId: string) =>
  eventually(`${msgId} is in the index`, async () => (await queryByUniqKey(cluster, topic, msgId)).items[0]);

/** Push consumers of the workload by group. */
const CLIENTS = {
  "order-service": 2,
  "order-status-projector": 1,
  "payment-service": 1,
  "reminder-mailer": 1,
  "shipment-notifier": 1,
  "price-cache": 2,
  "activity-loader": 1,
  "audit-trail": 2,
};
const VIA_PROXY = "invoice-archiver";
/** A heartbeat that a busy broker missed comes again after thirty seconds. */
const HEARTBEATS_MS = 90_000;

/** Waits until every master knows every client of the workload, and the proxy its own: pages show who is online when they are opened. */
export async function untilOnline(cluster: RocketMQCluster, proxies: readonly string[]): Promise<void> {
  const ofMasters = Object.entries(CLIENTS).map(([group, count]) =>
    eventually(
      `${count} clients of ${group} online`,
      async () => {
        const { items, failures } = await connectionsByServer(cluster, group, proxies);
        const all = items.every(({ value }) => value.connectionSet.length >= count);
        return (failures.length === 0 && items.length > 1 && all) || undefined;
      },
      HEARTBEATS_MS,
    ),
  );
  const ofProxy = eventually(
    `a client of ${VIA_PROXY} online`,
    async () => (await connectionsByServer(cluster, VIA_PROXY, proxies)).items[0],
    HEARTBEATS_MS,
  );
  await Promise.all([...ofMasters, ofProxy]);
}
