import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { topicStats } from "../../bff/rocketmq/admin/topic-admin.ts";
import { offsetRpc } from "../../bff/rocketmq/rpc/offset.ts";
import { untilRouted } from "../../bff/testing/test-topic.ts";
import { DialTestPage } from "../pom/dial-test.page.ts";
import { GroupPage } from "../pom/group.page.ts";
import { MessagePage } from "../pom/message.page.ts";
import { TopicPage } from "../pom/topic.page.ts";
import { expect, test } from "../support/test.ts";
import { untilFound } from "../support/until.ts";

const SENT = 6;

/** Where messages are: how many by queue of the only broker. */
async function stored(cluster: RocketMQCluster, topic: string) {
  const { items } = await topicStats(cluster, topic);
  const queues = items.flatMap(({ target, value }) =>
    value.offsetTable.map(([{ queueId }, { maxOffset }]) => ({ addr: target.addr, queueId, count: Number(maxOffset) })),
  );
  return { queues, count: queues.reduce((sum, { count }) => sum + count, 0) };
}

test("on RocketMQ 4.9.7 a topic is created, tested and its messages are found; a group's lag is listed", async ({
  page,
  ownCluster,
  unique,
}) => {
  test.slow();
  const { sandbox, instanceId } = await ownCluster({ version: "4.9.7", name: unique("old") });
  const cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  const [topic, group] = [unique("orders"), unique("readers")];
  await test.step("create a topic", async () => {
    const topics = new TopicPage(page, instanceId);
    await topics.open("?open=create");
    await topics.drawer.getByLabel("Topic").fill(topic);
    await expect(topics.plan.getByText("On 1 broker")).toBeVisible();
    await topics.apply("Create topic");
    await topics.expectDoneOn("broker-a");
    expect((await stored(cluster, topic)).queues).toHaveLength(4);
  });
  const msgId = await test.step("produce test", async () => {
    await untilRouted(cluster, topic, 1);
    const dial = new DialTestPage(page, instanceId);
    await dial.open();
    await dial.name(dial.topic, topic);
    await dial.what("Generated messages");
    await dial.figure("Messages", String(SENT));
    await expect(page).toHaveURL(new RegExp(`count=${SENT}`));
    await dial.send.click();
    const [first = ""] = await dial.succeeded(SENT);
    await expect.poll(async () => (await stored(cluster, topic)).count).toBe(SENT);
    await untilFound(cluster, topic, first);
    return first;
  });
  await test.step("the message's page", async () => {
    const messages = new MessagePage(page, instanceId);
    await messages.open({ tab: "id", topic, id: msgId });
    await expect(messages.rows).toHaveCount(1);
    await messages.link(msgId).click();
    await expect(messages.message).toContainText(msgId);
    await expect(messages.part("Body")).toBeVisible();
  });
  await test.step("the lag of a group", async () => {
    const groups = new GroupPage(page, instanceId);
    await groups.open("?open=create");
    await groups.drawer.getByLabel("Group", { exact: true }).fill(group);
    await groups.apply("Create group");
    await groups.expectDoneOn("broker-a");
    const { queues } = await stored(cluster, topic);
    for (const { addr, queueId } of queues) {
      await cluster.call(offsetRpc.updateConsumerOffset, addr, {
        consumerGroup: group,
        topic,
        queueId,
        commitOffset: 0n,
      });
    }
    await groups.open("?sort=lag&order=desc");
    const refresh = page.getByRole("button", { name: "Refresh" });
    await expect(async () => {
      await refresh.click();
      await expect(groups.row(group).getByRole("cell", { name: String(SENT), exact: true })).toBeVisible({
        timeout: 2000,
      });
    }).toPass();
    cluster.close();
  });
});
