import { Producer } from "../../bff/rocketmq/client/producer.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { Clients } from "../../sandbox/oracle/data/clients.ts";
import { startOracle } from "../../sandbox/oracle/oracle.ts";
import { chooseOption } from "../pom/choose-option.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

test("a message is pushed to a client whose listener throws, and the page shows the exception", async ({
  page,
  messages,
  cluster,
  api,
  env,
  unique,
  shot,
}) => {
  const { namesrvAddrs } = env.cluster;
  const topic = await createTestTopic(cluster, { topic: unique("push"), readQueueNums: 1, writeQueueNums: 1 });
  const [group, other] = [unique("g-push"), unique("g-other")];
  const queue = { brokerName: "broker-a", queueId: 0 };
  const body = Buffer.from('{"order":17}');
  const { msgId, queueOffset } = await new Producer(cluster).send({ topic, queue, body, tag: "THROW" });
  await untilFound(cluster, topic, msgId);
  const oracle = await startOracle({ version: "5.5.0", namesrvAddrs });
  try {
    const clients = new Clients(oracle, namesrvAddrs);
    // Nothing is delivered to them, so that what their listeners had is what they were given.
    const consumer = await clients.consumer({ group, topics: { [topic]: "NOTHING" } });
    await clients.consumer({ group: other, topics: { [topic]: "NOTHING" } });
    const place = { instanceId: env.instanceId, topic, ...queue, queueOffset: queueOffset.toString() };
    await expect
      .poll(async () => (await api.push.targets(place)).items.filter(({ hindrance }) => hindrance === null).length)
      .toBe(2);
    await messages.open({ tab: "id", topic, id: msgId });
    await messages.link(msgId).click();
    await messages.drawer.getByRole("link", { name: "Open as a page" }).click();
    await messages.message.getByRole("button", { name: "Push to a client…" }).click();
    const drawer = page.getByRole("dialog", { name: "Push this message to a client" });
    await chooseOption(drawer.getByLabel("Consumer group"), group);
    await expect(drawer.getByRole("complementary")).toContainText("whose listener runs with it at once");
    await expect(drawer.getByRole("complementary")).toContainText("The listener really runs");
    await expect(drawer.getByRole("complementary")).toContainText("subscribes to NOTHING");
    await shot("message-push-plan");
    await drawer.getByRole("button", { name: "Push it" }).click();
    await expect(drawer.getByRole("heading", { name: "The listener threw an exception" })).toBeVisible();
    await expect(drawer.getByRole("region", { name: "The client's answer" })).toContainText("no stock left");
    await shot("message-push-exception");
    expect(await consumer.handled()).toBe(1);
    await drawer.getByRole("button", { name: "Close", exact: true }).last().click();

    await messages.message.getByRole("button", { name: "Push to a client…" }).click();
    await chooseOption(drawer.getByLabel("Consumer group"), group);
    await expect(drawer.getByRole("complementary")).toContainText("The listener really runs");
    process.kill(oracle.pid, "SIGSTOP");
    try {
      await drawer.getByRole("button", { name: "Push it" }).click();
      const unknown = drawer.getByRole("heading", { name: "Asked, no answer: the listener may have run" });
      await expect(unknown).toBeVisible({ timeout: 30_000 });
      await shot("message-push-unknown");
    } finally {
      process.kill(oracle.pid, "SIGCONT");
    }
    await expect.poll(() => consumer.handled(), { timeout: 30_000 }).toBe(2);
  } finally {
    await oracle.stop();
  }
});

test("where nobody is online a push says what it needs", async ({ page, messages, cluster, unique, shot }) => {
  const topic = await createTestTopic(cluster, { topic: unique("push-none"), readQueueNums: 1, writeQueueNums: 1 });
  const { msgId } = await new Producer(cluster).send({ topic, body: Buffer.from("nobody") });
  await untilFound(cluster, topic, msgId);
  await messages.open({ tab: "id", topic, id: msgId });
  await messages.link(msgId).click();
  await messages.message.getByRole("button", { name: "Push to a client…" }).click();
  const drawer = page.getByRole("dialog", { name: "Push this message to a client" });
  await expect(drawer).toContainText("Nobody is online who could be given this message");
  await expect(drawer.getByRole("button", { name: "Push it" })).toBeDisabled();
  await shot("message-push-nobody");
});
