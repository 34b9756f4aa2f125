import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCluster, type SandboxCluster } from "../../../sandbox/cluster.ts";
import type { RocketMQError } from "../errors.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { groupRpc } from "../rpc/group.ts";
import { namesrvRpc } from "../rpc/namesrv.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { producerRpc } from "../rpc/producer.ts";
import { topicRpc } from "../rpc/topic.ts";
import { RocketMQCluster } from "./cluster.ts";
import { testConnection } from "../admin/connection-test.ts";
import {
  connectionsByServer,
  consumeStats,
  groupTopics,
  writeGroup,
  writeGroupEverywhere,
} from "../admin/group-admin.ts";

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;
const code = (expected: string): unknown => expect.objectContaining({ code: expected });
const createTopic = (addr: string, topic: string): Promise<void> =>
  cluster.call(topicRpc.updateAndCreateTopic, addr, {
    topic,
    defaultTopic: "TBW102",
    readQueueNums: 2,
    writeQueueNums: 2,
    perm: 6,
    topicFilterType: "SINGLE_TAG",
    order: false,
  });

beforeAll(async () => {
  sandbox = await startCluster({ namesrvs: 2, masters: 2, slaves: 1 });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: 10_000 });
});
afterAll(async () => {
  cluster.close();
  await sandbox.stop();
});

const masterAddr = (name: string): string =>
  sandbox.brokers.find((broker) => broker.brokerName === name && broker.role === "master")?.addr ?? "";

describe("a cluster of two masters and a slave", () => {
  test("brokers are known by name with their roles and addresses", async () => {
    const groups = await cluster.brokers({ fresh: true });
    const replicas = groups.flatMap(({ brokerName, replicas }) =>
      replicas.map((replica) => ({ brokerName, ...replica })),
    );
    expect(replicas).toEqual(
      expect.arrayContaining(sandbox.brokers.map((broker) => expect.objectContaining(broker) as unknown)),
    );
    expect(replicas).toHaveLength(3);
  });

  test("a topic that is created on every master is in the route and in every table", async () => {
    const { items, failures } = await cluster.onMasters(({ addr }) => createTopic(addr, "it-routed"));
    expect([items.length, failures.length]).toEqual([2, 0]);
    cluster.forgetRoute("it-routed");
    await expect
      .poll(async () => (await cluster.route("it-routed", { fresh: true }).catch(() => undefined))?.queueDatas.length, {
        timeout: 20_000,
      })
      .toBe(2);
    const tables = await cluster.onMasters(({ addr }) => cluster.call(topicRpc.getAllTopicConfig, addr, {}));
    for (const { value } of tables.items) {
      expect(value.topicConfigTable.get("it-routed")).toMatchObject({ readQueueNums: 2, perm: 6 });
      expect(value.totalTopicNum).toBe(value.topicConfigTable.size);
    }
  });

  test("every reading RPC of the tables decodes what a broker says", async () => {
    const addr = masterAddr("broker-a");
    await createTopic(addr, "it-reads");
    await writeGroup(cluster, addr, { groupName: "it-reads-group", patch: {} });
    const asked = await Promise.all([
      cluster.call(topicRpc.getTopicStatsInfo, addr, { topic: "it-reads" }),
      cluster.call(topicRpc.queryTopicConsumeByWho, addr, { topic: "it-reads" }),
      cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: "it-reads-group" }),
      cluster.call(groupRpc.queryTopicsByConsumer, addr, { group: "it-reads-group" }),
      cluster.call(offsetRpc.getAllConsumerOffset, addr, {}),
      cluster.call(offsetRpc.getMinOffset, addr, { topic: "it-reads", queueId: 0 }),
      cluster.call(offsetRpc.searchOffsetByTimestamp, addr, { topic: "it-reads", queueId: 0, timestamp: 1n }),
      cluster.call(offsetRpc.queryConsumerOffset, addr, {
        consumerGroup: "it-reads-group",
        topic: "it-reads",
        queueId: 0,
      }),
      cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}),
      cluster.call(brokerRpc.getBrokerConfig, addr, {}),
      cluster.call(brokerRpc.getBrokerHaStatus, addr, {}),
      cluster.call(producerRpc.getAllProducerInfo, addr, {}),
      cluster.callNamesrv(namesrvRpc.getTopicsByCluster, { cluster: sandbox.clusterName }),
      cluster.callNamesrv(namesrvRpc.getKvConfig, { namespace: "ORDER_TOPIC_CONFIG", key: "absent" }),
    ]);
    expect(asked.every((answer) => typeof answer === "object")).toBe(true);
  });

  test("an offset that was committed is read back, and the group's topic with it", async () => {
    const addr = masterAddr("broker-b");
    await createTopic(addr, "it-offsets");
    await writeGroup(cluster, addr, { groupName: "it-offsets-group", patch: {} });
    await cluster.call(offsetRpc.updateConsumerOffset, addr, {
      consumerGroup: "it-offsets-group",
      topic: "it-offsets",
      queueId: 1,
      commitOffset: 0n,
    });
    const { items } = await consumeStats(cluster, "it-offsets-group");
    const rows = items.flatMap(({ value }) => value.offsetTable);
    expect(rows.map(([queue]) => [queue.topic, queue.brokerName, queue.queueId])).toContainEqual([
      "it-offsets",
      "broker-b",
      1,
    ]);
    expect(await groupTopics(cluster, "it-offsets-group")).toEqual({ topics: ["it-offsets"], failures: [] });
    expect((await connectionsByServer(cluster, "it-offsets-group")).items).toEqual([]);
  });

  test("a changed group keeps every field that was not named", async () => {
    await writeGroupEverywhere(cluster, {
      groupName: "it-patched",
      patch: { retryMaxTimes: 3, consumeTimeoutMinute: 42 },
    });
    await writeGroupEverywhere(cluster, {
      groupName: "it-patched",
      patch: { consumeEnable: false },
      attributes: { "+priority.factor": "7" },
    });
    await writeGroupEverywhere(cluster, { groupName: "it-patched", patch: { consumeBroadcastEnable: false } });
    const { items } = await cluster.onMasters(({ addr }) =>
      cluster.call(groupRpc.getAllSubscriptionGroupConfig, addr, {}),
    );
    for (const { value } of items) {
      expect(value.subscriptionGroupTable.get("it-patched")?.config).toMatchObject({
        retryMaxTimes: 3,
        consumeTimeoutMinute: 42,
        consumeEnable: false,
        consumeBroadcastEnable: false,
        attributes: new Map([["priority.factor", "7"]]),
      });
    }
  });

  test("an unknown topic and a cluster that is not registered are told apart", async () => {
    await expect(cluster.route("it-nowhere")).rejects.toEqual(code("TOPIC_NOT_EXIST"));
    const other = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, clusterName: "elsewhere" });
    await expect(other.brokers()).rejects.toEqual(code("NO_CLUSTER"));
    other.close();
  });

  test("the connection test names brokers, versions and that nobody is asked for a signature", async () => {
    const report = await testConnection(cluster);
    expect(report).toMatchObject({ ok: true, clusterName: sandbox.clusterName, acl: "off" });
    expect(report.brokers.map(({ addr, version, reachable }) => `${addr} ${version} ${reachable}`).sort()).toEqual(
      sandbox.brokers.map(({ addr }) => `${addr} 5.5.0 true`).sort(),
    );
    expect(report.steps.every(({ ok }) => ok)).toBe(true);
  });

  test("the connection test says that a broker is no name server", async () => {
    const wrong = new RocketMQCluster({ namesrvAddrs: [masterAddr("broker-a")] });
    const report = await testConnection(wrong);
    expect(report).toMatchObject({
      ok: false,
      steps: [{ step: "namesrv", ok: false, code: "NOT_A_NAMESRV" }],
    });
    wrong.close();
  });

  test("a thousand calls in flight on one connection are all answered", async () => {
    const addr = masterAddr("broker-a");
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        cluster.call(groupRpc.getConsumeStats, addr, { consumerGroup: `it-none-${index}` }, { timeoutMs: 30_000 }),
      ),
    );
    expect(answers.every(({ offsetTable }) => offsetTable.length === 0)).toBe(true);
  });
});

describe("when servers go", () => {
  test("the next name server is used, and when none is left each failure is told", async () => {
    await sandbox.stopNamesrv(0);
    await expect
      .poll(() => cluster.clusterInfo({ fresh: true }).then((info) => info.brokerAddrTable.size), { timeout: 20_000 })
      .toBe(2);
    const { items, failures } = await cluster.callAllNamesrvs(namesrvRpc.getBrokerClusterInfo, {});
    expect([items.length, failures.map(({ target }) => target)]).toEqual([1, [sandbox.namesrvAddrs[0]]]);
    await sandbox.stopNamesrv(1);
    const lost = await cluster.clusterInfo({ fresh: true }).catch((error: unknown) => error);
    expect(lost).toEqual(code("NO_NAMESRV_AVAILABLE"));
    expect(((lost as RocketMQError).cause as AggregateError).errors).toHaveLength(2);
    await Promise.all([sandbox.startNamesrv(0), sandbox.startNamesrv(1)]);
    // Brokers register again within half a minute, each on its own.
    await expect
      .poll(
        () =>
          cluster
            .replicas({ fresh: true })
            .then((replicas) => replicas.length)
            .catch(() => 0),
        { timeout: 90_000 },
      )
      .toBe(3);
  }, 180_000);

  test("a killed master is a failure of its own, its group says so, and after its return all is well", async () => {
    await sandbox.killBroker("broker-a", 0);
    const partial = await cluster.onMasters(({ addr }) => cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}));
    expect(partial.items.map(({ target }) => target.brokerName)).toEqual(["broker-b"]);
    expect(partial.failures.map(({ target }) => target)).toEqual(["broker-a"]);
    const report = await testConnection(cluster);
    expect(report.ok).toBe(true);
    await sandbox.startBroker("broker-a", 0);
    await expect
      .poll(
        () =>
          cluster
            .onMasters(({ addr }) => cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}))
            .then(({ items }) => items.length),
        {
          timeout: 30_000,
        },
      )
      .toBe(2);
  }, 180_000);
});
