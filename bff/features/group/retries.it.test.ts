import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { allGroupConfigs, createGroup } from "../../rocketmq/admin/group-admin.ts";
import { topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { decodeOffsetMsgId } from "../../rocketmq/codec/message-id.ts";
import { bool, int, long, opt, str } from "../../rocketmq/codec/shape.ts";
import { none, rpc } from "../../rocketmq/rpc/rpc.ts";
import { createTestTopic } from "../../testing/test-topic.ts";

/** What texts about retries say of brokers. Source: AbstractSendMessageProcessor.java, GrpcClientSettingsManager.java. */
const consumerSendMsgBack = rpc({
  code: 36,
  to: "broker",
  header: {
    offset: long,
    group: str,
    delayLevel: int,
    originMsgId: str,
    originTopic: str,
    unitMode: bool,
    maxReconsumeTimes: opt(int),
  },
  response: none,
});

let cluster: RocketMQCluster;
let addr: string;
const unique = `r${Date.now().toString(36)}`;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  addr = (await cluster.masters()).targets.find(({ brokerName }) => brokerName === "broker-a")?.addr ?? "";
});

afterAll(() => cluster.close());

/** A client of a group failed at a message and gives it back; it leaves the delay to the broker, as clients do. */
async function givesBack(group: string, maxReconsumeTimes?: number) {
  const topic = await createTestTopic(cluster, { topic: `${group}-topic`, readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster, { group: `${group}-producer` });
  const queue = { brokerName: "broker-a", queueId: 0 };
  const { offsetMsgId } = await producer.send({ topic, body: Buffer.from("x"), queue });
  const { offset } = decodeOffsetMsgId(offsetMsgId);
  const header = { offset, group, delayLevel: 0, originMsgId: offsetMsgId, originTopic: topic, unitMode: false };
  await cluster.call(consumerSendMsgBack, addr, { ...header, maxReconsumeTimes });
}

const deadLetters = async (group: string) =>
  (await topicStats(cluster, `%DLQ%${group}`)).items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((sum, [, { maxOffset }]) => sum + maxOffset, 0n);

/** Messages that wait on broker-a, by the step of its ladder, from 1. */
async function waiting(): Promise<Map<number, bigint>> {
  const { items } = await topicStats(cluster, "SCHEDULE_TOPIC_XXXX");
  const table = items.find(({ target }) => target.brokerName === "broker-a")?.value.offsetTable ?? [];
  return new Map(table.map(([{ queueId }, { maxOffset }]) => [queueId + 1, maxOffset]));
}

test("a remoting client's first retry is the broker's third step, whatever policy its group has", async () => {
  for (const [name, policy] of [
    ["default", { type: "CUSTOMIZED" }],
    ["own", { type: "CUSTOMIZED", customizedRetryPolicy: { next: [500] } }],
    ["slowing", { type: "EXPONENTIAL", exponentialRetryPolicy: { initial: 500, max: 9000, multiplier: 2 } }],
  ] as const) {
    const group = `${unique}-${name}`;
    await createGroup(cluster, addr, group, { groupRetryPolicy: policy });
    const before = (await waiting()).get(3) ?? 0n;
    await givesBack(group);
    await expect.poll(async () => (await waiting()).get(3)).toBe(before + 1n);
    expect(await deadLetters(group)).toBe(0n);
  }
});

test("a group without retries has one delivery; what the client says counts instead", async () => {
  const none = `${unique}-none`;
  await createGroup(cluster, addr, none, { retryMaxTimes: 0 });
  await givesBack(none);
  await expect.poll(() => deadLetters(none)).toBe(1n);
  const lenient = `${unique}-lenient`;
  await createGroup(cluster, addr, lenient, { retryMaxTimes: 0 });
  await givesBack(lenient, 16);
  const strict = `${unique}-strict`;
  await createGroup(cluster, addr, strict, { retryMaxTimes: 16 });
  await givesBack(strict, 0);
  await expect.poll(() => deadLetters(strict)).toBe(1n);
  expect(await deadLetters(lenient)).toBe(0n);
});

test("a broker keeps a whole multiplier only", async () => {
  const group = `${unique}-half`;
  const exponentialRetryPolicy = { initial: 1000, max: 60_000, multiplier: 1.5 };
  await createGroup(cluster, addr, group, { groupRetryPolicy: { type: "EXPONENTIAL", exponentialRetryPolicy } });
  const { items } = await allGroupConfigs(cluster);
  const kept = items.flatMap(({ value }) => value.get(group)?.config.groupRetryPolicy ?? []);
  expect(kept).toMatchObject([{ exponentialRetryPolicy: { multiplier: 1 } }]);
});
