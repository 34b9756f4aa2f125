import { randomUUID } from "node:crypto";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
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

/** Brokers forget whom they have not heard of for two minutes. */
const BEAT_MS = 20_000;

/** Beats now and from then on, until it is stopped; a beat that a busy broker did not answer in time is made good by the next. */
async function keepBeating(targets: readonly { addr: string }[], beat: (addr: string) => Promise<void>) {
  const all = async () => void (await Promise.all(targets.map(({ addr }) => beat(addr))));
  await all();
  const timer = setInterval(() => void all().catch(() => undefined), BEAT_MS);
  timer.unref();
  return () => clearInterval(timer);
}

interface Joining {
  /** Default: all messages. */
  subscription?: { subString: string; tagsSet?: string[]; expressionType?: "SQL92" };
  messageModel?: "CLUSTERING" | "BROADCASTING";
}

/** Registers the connections of `cluster` as a push consumer at every master, until they are closed or it unregisters. */
export async function joinAsConsumer(
  cluster: RocketMQCluster,
  group: string,
  topic: string,
  { subscription, messageModel = "CLUSTERING" }: Joining = {},
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
        messageModel,
        consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
        subscriptionDataSet: [
          { topic, subString: "*", tagsSet: [], codeSet: [], subVersion: 1, expressionType: "TAG", ...subscription },
        ],
        unitMode: false,
      },
    ],
  };
  const stop = await keepBeating(targets, (addr) => cluster.call(heartBeat, addr, {}, { body }));
  return async () => {
    stop();
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
  const stop = await keepBeating(targets, (addr) => cluster.call(producerRpc.heartBeat, addr, {}, { body }));
  return async () => {
    stop();
    for (const { addr } of targets) {
      await cluster.call(producerRpc.unregisterClient, addr, { clientID, producerGroup: group });
    }
  };
}
