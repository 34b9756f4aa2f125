import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { writeGroupEverywhere } from "../../bff/rocketmq/admin/group-admin.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../bff/testing/online-client.ts";
import { Frame } from "../pom/frame.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";
import { planned } from "../../bff/testing/planned.ts";

const QUEUES = [0, 1];
const brokers = ["broker-a", "broker-b"];

const newTopic = { brokers, messageType: "NORMAL", queues: QUEUES.length, perm: 6 } as const;

/** Where a group stands in all queues of a topic together. */
async function committed(cluster: RocketMQCluster, group: string, topic: string): Promise<bigint> {
  const { targets } = await cluster.masters();
  const offsets = await Promise.all(
    targets.flatMap(({ addr }) =>
      QUEUES.map((queueId) =>
        cluster.call(offsetRpc.queryConsumerOffset, addr, {
          consumerGroup: group,
          topic,
          queueId,
          setZeroIfNotFound: false,
        }),
      ),
    ),
  );
  return offsets.reduce((sum, { offset }) => sum + (offset === undefined || offset < 0n ? 0n : offset), 0n);
}

test("messages sent from the page are on the brokers under their ids and are read back", async ({
  page,
  dial,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("dialled");
  await test.step("plan of a produce test", async () => {
    await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic });
    await known(topic);
    await page.goto(`/instances/${env.instanceId}/topics`);
    await new Frame(page).goTo("Send and receive");
    await expect(dial.send).toBeDisabled();
    await dial.name(dial.topic, topic);
    await dial.what("Generated messages");
    await dial.figure("Messages", "5");
    await dial.form.getByLabel("Tag", { exact: true }).fill("dial");
    await dial.form.getByRole("button", { name: "User properties" }).click();
    await dial.form.getByRole("textbox", { name: "User properties" }).fill("shop=north\nfloor=2");
    await expect(dial.plan.getByText("5 · 5 KiB in all")).toBeVisible();
    await expect(dial.plan.getByText("On 2 brokers")).toBeVisible();
    await shot("dial-test-produce-form");
    await dial.send.click();
  });
  const sent = await dial.succeeded(5);
  for (const msgId of sent) {
    const message = await untilFound(cluster, topic, msgId);
    expect(message).toMatchObject({ msgId, tags: "dial" });
    expect(message.storedBody.length).toBe(1024);
    expect(message.properties.get("shop")).toBe("north");
  }
  await dial.progress.getByRole("button", { name: "SEND_OK" }).first().click();
  await expect(page.getByRole("tooltip").getByText("The broker has stored the message")).toBeVisible();
  await shot("dial-test-produced");
  await page.keyboard.press("Escape");
  await dial.messageIds.first().click();
  await expect(page).toHaveURL(new RegExp(`/messages/${topic}`));
  await expect(page.getByRole("article")).toContainText(sent[0] ?? "");
  await page.goBack();
  await test.step("the same messages are read back, and no others", async () => {
    await api.dialTest.produce({ instanceId: env.instanceId, topic, count: 4 });
    const produced = page.url();
    await page.getByRole("button", { name: "Read them back" }).click();
    await expect(page.getByRole("heading", { name: `Read back of ${topic}` })).toBeVisible();
    expect((await dial.succeeded(5)).toSorted()).toEqual(sent.toSorted());
    await expect(dial.progress.getByRole("button", { name: "CONSUME_SUCCESS" })).toHaveCount(5);
    await expect(dial.progress.getByText("All 5 messages that were sent are there.")).toBeVisible();
    await shot("dial-test-read-back");
    await page.getByRole("link", { name: "Produce test", exact: true }).click();
    await expect(page).toHaveURL(produced);
  });
  await test.step("history, and the same again", async () => {
    await dial.open(`?tab=history&search=${topic}`);
    await expect(page.getByRole("link", { name: `Read back of ${topic}` })).toBeVisible();
    await shot("dial-test-history");
    await page
      .getByRole("row")
      .filter({ hasText: `Produce test of ${topic}` })
      .filter({ hasText: "5 of 5" })
      .getByRole("link", { name: "Run again" })
      .click();
    await expect(dial.topic).toHaveValue(topic);
    await expect(dial.form.getByRole("spinbutton", { name: "Messages" })).toHaveValue("5");
    await expect(dial.form.getByRole("textbox", { name: "User properties" })).toHaveValue("shop=north\nfloor=2");
  });
});

test("offsets move only when asked, by as much as was read, and not under online clients", async ({
  page,
  dial,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const { instanceId } = env;
  const topic = unique("offsets");
  const group = unique("readers");
  await test.step("nothing is committed unless asked", async () => {
    await planned(api).createTopic({ instanceId, topic, ...newTopic });
    await known(topic);
    await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
    await api.dialTest.produce({ instanceId, topic, count: 8 });
    const readable = async () => (await api.dialTest.planConsume({ instanceId, topic, from: "earliest" })).readable;
    await expect.poll(readable).toBe("8");
    await dial.open(`?tab=consume&count=6`);
    await dial.name(dial.topic, topic);
    await dial.name(dial.group, group);
    await dial.choose("Start from", "Oldest message");
    await expect(page.getByText("8 messages can be read now")).toBeVisible();
    await dial.read.click();
    await dial.succeeded(6);
    await expect(page.getByText("Not committed")).toBeVisible();
    expect(await committed(cluster, group, topic)).toBe(0n);
  });
  await test.step("a commit is refused while a client is online", async () => {
    const leave = await joinAsConsumer(cluster, group, topic);
    await page.getByRole("button", { name: "Run again" }).click();
    await dial.form.getByText("Commit what was read").click();
    await expect(dial.plan.getByText("Clients of the group are online.", { exact: true })).toBeVisible();
    await expect(page.getByRole("columnheader", { name: "Moves to at most" })).toBeVisible();
    await expect(dial.read).toBeDisabled();
    await shot("dial-test-commit-refused");
    await dial.form.getByText("Commit although 1 client of the group is online").click();
    await expect(dial.read).toBeEnabled();
    await leave();
    await dial.read.click();
    await dial.succeeded(6);
    await expect(page.getByRole("region", { name: "Committed offsets" })).toBeVisible();
    expect(await committed(cluster, group, topic)).toBe(6n);
    await shot("dial-test-committed");
  });
});

test("a test for which nothing arrives is no success: it says so and where to look", async ({
  page,
  dial,
  env,
  api,
  known,
  unique,
  shot,
}) => {
  const topic = unique("silent");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic });
  await known(topic);
  await dial.open(`?tab=consume&from=latest&tags=paid&timeout=1`);
  await dial.name(dial.topic, topic);
  await dial.read.click();
  await expect(dial.progress.getByRole("status").getByText("Nothing came")).toBeVisible();
  await expect(dial.progress.getByText(/^No message arrived in \d/)).toBeVisible();
  await expect(dial.progress.getByRole("listitem")).toContainText([
    /tag paid/,
    /end of the queues/,
    /Look at the topic/,
  ]);
  await expect(dial.progress.getByRole("button", { name: "NO_MATCHED_MESSAGE" })).toBeVisible();
  await expect(page.getByText("Succeeded")).toBeHidden();
  await shot("dial-test-nothing-came");
});

test("wrong figures are refused where they are, and the keyboard alone rolls a transaction back", async ({
  page,
  dial,
  env,
  api,
  known,
  unique,
  accessible,
}) => {
  const topic = unique("keys");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic });
  await known(topic);
  await dial.open();
  await dial.topic.focus();
  await page.keyboard.type(`${topic}-absent`);
  await expect(dial.plan.getByText("There is no such topic.")).toBeVisible();
  await expect(dial.send).toBeDisabled();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(topic);
  await page.keyboard.press("Tab");
  await dial.type("Transactional");
  await dial.what("Generated messages");
  await expect(dial.plan.getByText(/Proxies refuse such messages/)).toBeVisible();
  const count = dial.form.getByRole("spinbutton", { name: "Messages" });
  await count.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("10001");
  await expect(dial.form.getByText("1 to 10,000 messages")).toBeVisible();
  await expect(count).toHaveAttribute("aria-invalid", "true");
  await expect(dial.send).toBeDisabled();
  await accessible();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("2");
  await dial.form.getByText("Roll back", { exact: true }).click();
  await expect(page).toHaveURL(/outcome=rollback/);
  await expect(dial.send).toBeEnabled();
  await count.focus();
  await page.keyboard.press("Enter");
  await dial.succeeded(2);
  await expect(page.getByText(/Rolled back messages were stored as half messages only/)).toBeVisible();
  const stored = await api.dialTest.planConsume({ instanceId: env.instanceId, topic, from: "earliest" });
  expect(stored.readable).toBe("0");
});

test("one message of one's own is sent from the topic's page and opens under its id; its text is in no URL and survives a reload", async ({
  page,
  topics,
  dial,
  env,
  api,
  cluster,
  known,
  unique,
  shot,
}) => {
  const topic = unique("mine");
  const body = `{"card":"${unique("4111")}"}`;
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic, messageType: "FIFO" });
  await known(topic);
  await topics.openOne(topic);
  await page.getByRole("link", { name: "Send message" }).click();
  await expect(dial.topic).toHaveValue(topic);
  await expect(dial.form.getByRole("radio", { name: "Ordered" })).toBeChecked();
  await expect(dial.send).toBeDisabled();
  const text = dial.form.getByRole("textbox", { name: "Body" });
  await text.fill(body);
  await dial.form.getByLabel("Tag", { exact: true }).fill("paid");
  await expect(page).toHaveURL(/tag=paid/);
  expect(page.url()).not.toContain("4111");
  await page.reload();
  await expect(text).toHaveValue(body);
  await expect(dial.plan.getByText(`1 · ${body.length} B in all`)).toBeVisible();
  await shot("dial-test-own-message");
  await dial.send.click();
  const [msgId = ""] = await dial.succeeded(1);
  expect((await untilFound(cluster, topic, msgId)).storedBody.toString()).toBe(body);
  await page.getByRole("button", { name: "Run again" }).click();
  await expect(text).toHaveValue(body);
  expect(page.url()).not.toContain("4111");
  await page.goBack();
  await dial.messageIds.first().click();
  await expect(page.getByRole("article")).toContainText("4111");
});

test("who consumes a topic is named before a test message is sent to it, and it takes a word that they may get it", async ({
  dial,
  env,
  cluster,
  api,
  known,
  unique,
  shot,
}) => {
  const topic = unique("busy");
  const group = unique("workers");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic, messageType: "DELAY" });
  await known(topic);
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const leave = await joinAsConsumer(cluster, group, topic);
  await dial.open();
  await dial.name(dial.topic, topic);
  await dial.form.getByRole("textbox", { name: "Body" }).fill("a test");
  await expect(dial.form.getByRole("radio", { name: "Delayed" })).toBeChecked();
  await expect(dial.plan.getByText("Consumers of this topic are online.")).toBeVisible();
  await expect(dial.plan.getByRole("listitem").filter({ hasText: group })).toContainText("1 client online");
  await expect(dial.plan.getByText(/Proxies refuse such messages/)).toHaveCount(0);
  await expect(dial.send).toBeDisabled();
  await shot("dial-test-consumers-online");
  await dial.form.getByRole("checkbox", { name: `Send although 1 client of ${group} gets it` }).check();
  await dial.send.click();
  await dial.succeeded(1);
  await leave();
});

test("a test that got fewer messages than it asked for says so, and is not plainly well", async ({
  dial,
  env,
  api,
  known,
  unique,
  shot,
}) => {
  const topic = unique("few");
  await planned(api).createTopic({ instanceId: env.instanceId, topic, ...newTopic });
  await known(topic);
  await api.dialTest.produce({ instanceId: env.instanceId, topic, count: 3 });
  const readable = async () =>
    (await api.dialTest.planConsume({ instanceId: env.instanceId, topic, from: "earliest" })).readable;
  await expect.poll(readable).toBe("3");
  await dial.open("?tab=consume&count=7&timeout=1");
  await dial.name(dial.topic, topic);
  await dial.read.click();
  await expect(dial.progress.getByRole("status").getByText("Partly done")).toBeVisible();
  await expect(dial.progress.getByText(/^Only 3 messages of 7 arrived in/)).toBeVisible();
  await shot("dial-test-fewer");
});
