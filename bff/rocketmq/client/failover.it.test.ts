import { afterAll, beforeAll, expect, it } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { createTestTopic, eventually } from "../../testing/test-topic.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { writeTopic } from "../admin/topic-admin.ts";
import { asRocketMQError } from "../errors.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { Producer } from "./producer.ts";
import { PullConsumer } from "./pull-consumer.ts";
import { sendInTransaction, TransactionChecker } from "./transaction.ts";

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;
let topic: string;

beforeAll(async () => {
  const brokerConf = {
    transactionCheckInterval: "500",
    transactionTimeOut: "500",
    // By default a broker gives a message up after fifteen questions, here eight seconds.
    transactionCheckMax: "1000",
    slaveReadEnable: "true",
  };
  sandbox = await startCluster({ masters: 2, slaves: 1, brokerConf });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  topic = await createTestTopic(cluster);
});

afterAll(async () => {
  cluster?.close();
  await sandbox?.stop();
});

const pullFirst = (of: string, brokerName: string, queueId: number) =>
  eventually(`a message of ${of}`, async () => {
    const { messages } = await new PullConsumer(cluster).pull({ topic: of, brokerName, queueId }, 0n);
    return messages[0];
  });

it("a transaction left open is ended by the answer to the broker's question", async () => {
  const producer = new Producer(cluster, { group: "checked-producer" });
  const asked: string[] = [];
  const checker = await TransactionChecker.open(producer, topic, (message) => {
    asked.push(message.msgId);
    return message.tags === "good" ? "commit" : "rollback";
  });
  const queue = { brokerName: "broker-b", queueId: 0 };
  const bad = await sendInTransaction(producer, { topic, body: Buffer.from("bad"), tag: "bad", queue }, "unknown");
  const good = await sendInTransaction(producer, { topic, body: Buffer.from("good"), tag: "good", queue }, "unknown");
  const message = await pullFirst(topic, queue.brokerName, queue.queueId);
  expect(message.msgId).toBe(good.msgId);
  await eventually("both asked about", async () => (asked.includes(bad.msgId) ? true : undefined));
  await checker[Symbol.asyncDispose]();
}, 90_000);

it("a killed master is avoided, its slave is read in its place, and after its return it is used again", async () => {
  const producer = new Producer(cluster);
  const at = { topic, brokerName: "broker-a", queueId: 1 };
  const before = await producer.send({ topic, body: Buffer.from("before"), queue: at });
  const slave = sandbox.brokers.find(({ role }) => role === "slave")?.addr ?? "";
  const { master = "" } = (await cluster.brokers()).find(({ brokerName }) => brokerName === at.brokerName) ?? {};
  // A slave copies topics once a minute; it takes one from us at once.
  await writeTopic(cluster, slave, { topic, readQueueNums: 4, writeQueueNums: 4, perm: 6, order: false });
  await eventually("copied to the slave", async () => {
    const { offset } = await cluster.call(offsetRpc.getMaxOffset, slave, { topic, queueId: 1 });
    return offset > 0n ? true : undefined;
  });

  await sandbox.killBroker("broker-a", 0);
  // What was sent over a connection that then broke may be stored and is not sent again: its end has to be known first.
  await eventually("the connection to the master gone", () =>
    cluster.call(brokerRpc.getBrokerRuntimeInfo, master, {}).then(
      () => undefined,
      (error: unknown) => asRocketMQError(error).code === "CONNECT_REFUSED" || undefined,
    ),
  );
  const sent = await Promise.all(
    Array.from({ length: 20 }, (_, i) => producer.send({ topic, body: Buffer.from(`${i}`) })),
  );
  expect(new Set(sent.map(({ brokerName }) => brokerName))).toEqual(new Set(["broker-b"]));
  expect((await pullFirst(topic, "broker-a", 1)).msgId).toBe(before.msgId);

  await sandbox.startBroker("broker-a", 0);
  const again = await eventually("sent to broker-a", async () => {
    await cluster.route(topic, { fresh: true });
    const result = await producer.send({ topic, body: Buffer.from("after") });
    return result.brokerName === "broker-a" ? result : undefined;
  });
  expect(again.sendStatus).toBe("SEND_OK");
}, 240_000);
