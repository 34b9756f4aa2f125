import { committedAt } from "../../bff/rocketmq/admin/queue-offsets.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { planned } from "../../bff/testing/planned.ts";
import { untilInQueues } from "../../bff/testing/test-topic.ts";
import { commit, queue } from "../support/one-queue.ts";
import { expect, test } from "../support/test.ts";

const MESSAGES = 6;

test("a group is reset queue by queue as it was shown, which the broker then says, and brought back", async ({
  page,
  groups,
  api,
  env,
  cluster,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const [topic, group] = [unique("reset"), unique("reset-g")];
  await planned(api).createTopic({
    instanceId,
    topic,
    brokers: [queue.brokerName],
    queues: 1,
    messageType: "NORMAL",
    perm: 6,
  });
  await known(topic, 1);
  const producer = new Producer(cluster, { group: unique("PG") });
  for (let n = 0; n < MESSAGES; n++) await producer.send({ topic, body: Buffer.from(`m${n}`), queue });
  await untilInQueues(cluster, topic, MESSAGES);
  await commit(cluster, group, topic, 2n);
  // The console keeps for some seconds which groups there are, and this one was made past it.
  await api.group.list({ instanceId, search: group, fresh: true });
  const { targets } = await cluster.masters();
  const addr = targets.find(({ brokerName }) => brokerName === queue.brokerName)?.addr ?? "";
  const says = async () => (await committedAt(cluster, addr, { topic, queueId: queue.queueId }, group))?.toString();

  await groups.openOne(group);
  await page.getByRole("button", { name: "Reset offset" }).click();
  await expect(groups.drawer.getByLabel("Topic"), "the only one that it consumes").toHaveValue(topic);
  await groups.drawer.getByRole("radio", { name: "Latest" }).check();
  const line = groups.drawer.getByRole("row").filter({ hasText: `${queue.brokerName} · ${queue.queueId}` });
  await expect(line.getByRole("cell")).toHaveText([/broker-a · 0/, "6", "2", "6", "Skips 4"]);
  await expect(groups.plan).toContainText("Skips 4 messages in 1 queue, which this group then never consumes.");
  await groups.drawer.getByLabel("Topic").press("Enter");
  await expect(groups.drawer.getByRole("button", { name: "Reset", exact: true })).toBeEnabled();
  expect(await says(), "Enter in a field is no decision").toBe("2");
  await shot("offset-reset-plan");
  await groups.apply("Reset");
  await groups.expectDoneOn(`${queue.brokerName} · ${queue.queueId}`);
  expect(await says()).toBe("6");
  await groups.drawer.getByRole("button", { name: "Undo…" }).click();
  await expect(groups.plan).toContainText("Consumes 4 messages in 1 queue again.");
  await expect(line.getByRole("cell")).toHaveText([/broker-a · 0/, "6", "6", "2", "Consumes 4 again"]);
  await groups.apply("Take it back");
  await groups.expectDoneOn(`${queue.brokerName} · ${queue.queueId}`);
  await expect(groups.drawer.getByText("the broker says 2 now")).toBeVisible();
  expect(await says()).toBe("2");
});

test.describe("in Chinese, in the dark, on a narrow screen", () => {
  test.use({ locale: "zh-CN", viewport: { width: 768, height: 1024 }, colorScheme: "dark" });

  test("a topic's page resets a group that consumes it, to a time that is kept", async ({ page, topics, shot }) => {
    await topics.openOne("orders", "?open=reset");
    await topics.drawer.getByLabel("订阅组", { exact: true }).fill("order-service");
    await expect(topics.drawer.getByText("现存消息：")).toBeVisible();
    await expect(page.getByRole("row").filter({ hasText: "broker-a · 0" })).toBeVisible();
    await shot("offset-reset-zh-dark");
  });
});
