import { brokerRpc } from "../../bff/rocketmq/rpc/broker.ts";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { topicStats } from "../../bff/rocketmq/admin/topic-admin.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { createTestTopic, untilRouted } from "../../bff/testing/test-topic.ts";
import { Clients } from "../../sandbox/oracle/data/clients.ts";
import { startOracle, type Oracle } from "../../sandbox/oracle/oracle.ts";
import { expect, test } from "../support/test.ts";

/** From when something is wrong until it is named: fifteen seconds, of which a machine that is busy with other tests makes several times that. */
const NAMED = { timeout: 60_000 };

const stored = async (cluster: RocketMQCluster, topic: string): Promise<bigint> => {
  const { items } = await topicStats(cluster, topic);
  return items
    .flatMap(({ value }) => value.offsetTable)
    .reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
};

test("at three o'clock each of six faults is named on the first screen within fifteen seconds", async ({
  page,
  ownCluster,
  unique,
  shot,
}) => {
  test.setTimeout(300_000);
  const { sandbox, instanceId } = await ownCluster({ name: unique("three"), masters: 2 });
  const cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  let oracle: Oracle | undefined;
  let sending: NodeJS.Timeout | undefined;
  try {
    oracle = await startOracle({ version: "5.5.0", namesrvAddrs: sandbox.namesrvAddrs });
    const clients = new Clients(oracle, sandbox.namesrvAddrs);
    const topics = ["orders", "payments", "shipments"];
    for (const topic of topics) await createTestTopic(cluster, { topic, readQueueNums: 4, writeQueueNums: 4 });
    for (const topic of topics) await untilRouted(cluster, topic, 2);
    const groups = ["billing", "audit", "stock", "mailer", "loader"];
    for (const groupName of groups) await writeGroupEverywhere(cluster, { groupName, patch: { retryMaxTimes: 0 } });
    const producer = new Producer(cluster, { group: "shop" });
    const properties = { persistConsumerOffsetInterval: 1000 };
    const billing = await clients.consumer({ group: "billing", topics: { orders: "*" }, properties });
    await clients.consumer({ group: "audit", topics: { orders: "*" }, properties });
    await clients.consumer({
      group: "stock",
      topics: { payments: "*" },
      properties: { ...properties, instanceName: "one" },
    });
    await clients.consumer({ group: "mailer", topics: { shipments: "*" }, properties });
    await clients.consumer({ group: "loader", topics: { payments: "HOLD" }, properties });
    for (const topic of topics) for (let n = 0; n < 40; n++) await producer.send({ topic, body: Buffer.from(`${n}`) });

    await page.goto(`/instances/${instanceId}/overview`);
    const findings = page.getByRole("region", { name: "Findings" });
    const named = (who: string, words: RegExp) =>
      findings.getByRole("listitem").filter({ hasText: who }).filter({ hasText: words });
    const expectNamed = async (who: string, words: RegExp) => {
      const since = Date.now();
      await expect(named(who, words)).toBeVisible(NAMED);
      const description = `${who} after ${((Date.now() - since) / 1000).toFixed(1)} s`;
      test.info().annotations.push({ type: "named", description });
    };
    await test.step("a healthy cluster is calm, and says what was looked at", async () => {
      await expect(findings).toContainText("Nothing found", { timeout: 60_000 });
      await expect(findings).toContainText("2 brokers");
    });
    await test.step("a group whose only client has left", async () => {
      await billing.stop();
      for (let n = 0; n < 8; n++) await producer.send({ topic: "orders", body: Buffer.from("left") });
      await expectNamed("billing", /is offline: no client is there/);
    });
    await test.step("clients that subscribe differently", async () => {
      await clients.consumer({ group: "audit", topics: { payments: "*" }, properties });
      await expectNamed("audit", /subscribe differently/);
    });
    await test.step("two clients under one id", async () => {
      const second = await startOracle({ version: "5.5.0", namesrvAddrs: sandbox.namesrvAddrs });
      try {
        const twin = { ...properties, instanceName: "one" };
        await new Clients(second, sandbox.namesrvAddrs).consumer({
          group: "stock",
          topics: { payments: "*" },
          properties: twin,
        });
        await expectNamed("stock", /under one id|share one id/);
      } finally {
        await second.stop();
      }
    });
    await test.step("messages that fail for good", async () => {
      await producer.send({ topic: "shipments", tag: "FAIL", body: Buffer.from("poison") });
      await expect.poll(() => stored(cluster, "%DLQ%mailer").catch(() => 0n), { timeout: 60_000 }).toBeGreaterThan(0n);
      await expectNamed("mailer", /dead letters: \d+/);
    });
    await test.step("a group that stands still while messages arrive", async () => {
      sending = setInterval(
        () => void producer.send({ topic: "payments", tag: "HOLD", body: Buffer.from("held") }).catch(() => undefined),
        100,
      );
      await expectNamed("loader", /consumed nothing|falls behind/);
    });
    await test.step("a broker that died", async () => {
      const { addr = "", brokerName = "" } = sandbox.brokers[1] ?? {};
      await cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {});
      await sandbox.killBroker(brokerName);
      await expectNamed(brokerName, /is gone|does not answer/);
      await expect(findings.getByRole("listitem").first(), "the worst comes first").toContainText(brokerName);
    });
    await shot("overview-three-o-clock");
    await test.step("its evidence is one click away", async () => {
      await named("audit", /subscribe differently/)
        .getByRole("link", { name: "Subscriptions audit" })
        .click();
      await expect(page.getByRole("tabpanel").getByText("Subscriptions differ")).toBeVisible();
    });
  } finally {
    clearInterval(sending);
    await oracle?.stop();
    cluster.close();
  }
});
