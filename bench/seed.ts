import type { RocketMQCluster } from "../bff/rocketmq/cluster/cluster.ts";
import { Producer } from "../bff/rocketmq/client/producer.ts";
import { jsonBody, none, rpc } from "../bff/rocketmq/rpc/rpc.ts";
import { offsetRpc } from "../bff/rocketmq/rpc/offset.ts";

/** Brokers since 5.3 create many at once, which the console cannot count on. Source: CreateTopicListRequestBody.java, SubscriptionGroupList.java. */
const lists = {
  topics: rpc({ code: 18, to: "broker", header: {}, body: (value: object) => jsonBody(value), response: none }),
  groups: rpc({ code: 225, to: "broker", header: {}, body: (value: object) => jsonBody(value), response: none }),
};
const AT_ONCE = 1000;
const TIMEOUT_MS = 60_000;

const chunks = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / AT_ONCE) }, (_, i) => names.slice(i * AT_ONCE, (i + 1) * AT_ONCE));

export const numbered = (prefix: string, count: number, from = 0): string[] =>
  Array.from({ length: count - from }, (_, i) => `${prefix}${from + i}`);

/** Creates topics on every master, and waits until the name server tells their routes. */
export async function createTopics(cluster: RocketMQCluster, names: readonly string[], queues = 4): Promise<void> {
  const { targets } = await cluster.masters();
  for (const some of chunks(names)) {
    const topicConfigList = some.map((topicName) => ({
      topicName,
      readQueueNums: queues,
      writeQueueNums: queues,
      perm: 6,
      topicFilterType: "SINGLE_TAG",
      topicSysFlag: 0,
      order: false,
      attributes: {},
    }));
    await Promise.all(
      targets.map(({ addr }) =>
        cluster.call(lists.topics, addr, {}, { body: { topicConfigList }, timeoutMs: TIMEOUT_MS }),
      ),
    );
  }
  const last = names.at(-1);
  if (last !== undefined) await untilRouted(cluster, last, targets.length);
}

async function untilRouted(cluster: RocketMQCluster, topic: string, brokers: number): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const route = await cluster.route(topic, { fresh: true }).catch(() => undefined);
    if (route?.brokerDatas.length === brokers) return;
    if (Date.now() > deadline) throw new Error(`no route to ${topic}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function createGroups(cluster: RocketMQCluster, names: readonly string[]): Promise<void> {
  const { targets } = await cluster.masters();
  for (const some of chunks(names)) {
    const groupConfigList = some.map((groupName) => ({ groupName }));
    await Promise.all(
      targets.map(({ addr }) =>
        cluster.call(lists.groups, addr, {}, { body: { groupConfigList }, timeoutMs: TIMEOUT_MS }),
      ),
    );
  }
}

/** Calls for each number below `count`, with a bounded number under way. */
export async function eachOf(count: number, inFlight: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
}

/** Messages of 1 KB, spread evenly over the queues of a topic. */
export async function fill(cluster: RocketMQCluster, topic: string, count: number): Promise<void> {
  const producer = new Producer(cluster);
  const body = Buffer.alloc(1024, "0123456789abcdef");
  await eachOf(count, 64, (n) => producer.send({ topic, body, tag: `tag-${n % 8}`, keys: `key-${n}` }));
}

/** Offsets of each group on its topic: behind by a number of messages that differs from group to group. */
export async function commitOffsets(
  cluster: RocketMQCluster,
  groups: readonly string[],
  { topicOf, queues, messages }: { topicOf: (n: number) => string; queues: number; messages: number },
): Promise<void> {
  const { targets } = await cluster.masters();
  const calls = groups.length * queues;
  for (const { addr } of targets) {
    await eachOf(calls, 256, (n) => {
      const group = Math.floor(n / queues);
      return cluster.call(offsetRpc.updateConsumerOffset, addr, {
        consumerGroup: groups[group] ?? "",
        topic: topicOf(group),
        queueId: n % queues,
        commitOffset: BigInt(group % (messages + 1)),
      });
    });
  }
}
