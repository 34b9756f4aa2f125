import { randomUUID } from "node:crypto";
import type { RocketMQCluster } from "../rocketmq/admin/cluster.ts";
import { jsonBody, none, rpc } from "../rocketmq/rpc/rpc.ts";
import { producerRpc } from "../rocketmq/rpc/producer.ts";

interface ConsumerHeartbeat {
  clientID: string;
  producerDataSet: never[];
  consumerDataSet: object[];
}

const heartBeat = rpc({
  code: 34,
  to: "broker",
  header: {},
  body: (value: ConsumerHeartbeat) => jsonBody(value),
  response: none,
});

/** Registers the connections of `cluster` as a push consumer at every master, until they are closed or it unregisters. */
export async function joinAsConsumer(
  cluster: RocketMQCluster,
  group: string,
  topic: string,
): Promise<() => Promise<void>> {
  const clientID = `test@${randomUUID()}`;
  const { targets } = await cluster.masters();
  const body = {
    clientID,
    producerDataSet: [],
    consumerDataSet: [
      {
        groupName: group,
        consumeType: "CONSUME_PASSIVELY",
        messageModel: "CLUSTERING",
        consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
        subscriptionDataSet: [
          { topic, subString: "*", tagsSet: [], codeSet: [], subVersion: 1, expressionType: "TAG" },
        ],
        unitMode: false,
      },
    ],
  };
  for (const { addr } of targets) await cluster.call(heartBeat, addr, {}, { body });
  return async () => {
    for (const { addr } of targets) {
      await cluster.call(producerRpc.unregisterClient, addr, { clientID, consumerGroup: group });
    }
  };
}

/** Registers the connections of `cluster` as a producer at every master. */
export async function joinAsProducer(cluster: RocketMQCluster, group: string): Promise<() => Promise<void>> {
  const clientID = `test@${randomUUID()}`;
  const { targets } = await cluster.masters();
  const body = { clientID, producerDataSet: [{ groupName: group }], consumerDataSet: [] };
  for (const { addr } of targets) await cluster.call(producerRpc.heartBeat, addr, {}, { body });
  return async () => {
    for (const { addr } of targets) {
      await cluster.call(producerRpc.unregisterClient, addr, { clientID, producerGroup: group });
    }
  };
}
