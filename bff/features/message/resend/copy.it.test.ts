import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../../rocketmq/client/pull-consumer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { letterGroup, letterTopic, makeDeadLetters, storedIn } from "../../../testing/dead-letters.ts";
import { problemOf } from "../../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };
const unique = `cp${Date.now().toString(36)}`;

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "copies", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster?.close();
  await server?.stop();
});

const newTopic = (name: string) => letterTopic(cluster, `${unique}-${name}`);
const newGroup = (name: string) => letterGroup(cluster, `${unique}-${name}`);

test("an edited copy of a dead letter is a message of its own, and the letter counts as sent", async () => {
  const topic = await newTopic("copy");
  const group = await newGroup("copy");
  const [from] = await makeDeadLetters(cluster, { group, topic, queue: QUEUE, count: 1, tag: "FAIL" });
  const place = { topic: dlqTopicOf(group), ...QUEUE, queueOffset: "0" };
  const asked = {
    instanceId,
    ...place,
    tag: "OK",
    properties: { n: "edited" },
    body: { encoding: "text", content: "mended" },
  } as const;
  const planned = await server.client.resend.planCopy(asked);
  expect(planned.changes).toMatchObject([{ topic, bodySize: 6, edited: ["body", "tag", "properties"] }]);
  const { sent, outcomes } = await server.client.resend.copy({ instanceId, ...place, planId: planned.planId });
  expect(outcomes).toMatchObject([{ ok: true }]);
  if (sent === null) throw new Error("not sent");
  expect(sent).toMatchObject({ topic, sendStatus: "SEND_OK" });
  expect(sent.msgId).not.toBe(from);
  const audit = await server.client.audit.list({ row: "resend.copy" });
  expect(audit.items[0]?.subject).toEqual({
    ...place,
    target: topic,
    msgId: sent.msgId,
    edited: { of: 3, first: ["body", "tag", "properties"] },
  });
  const { brokerName, queueId, queueOffset } = sent;
  const copy = await eventually("the copy is there", async () => {
    const { messages } = await new PullConsumer(cluster).pull({ topic, brokerName, queueId }, BigInt(queueOffset), {
      maxNums: 1,
    });
    return messages[0];
  });
  expect([copy.msgId, copy.tags, copy.keys, copy.storedBody.toString()]).toEqual([sent.msgId, "OK", "k0", "mended"]);
  expect(copy.properties.get("n")).toBe("edited");
  expect(await server.client.resend.plan({ instanceId, group })).toMatchObject({
    goes: 0,
    sent: 1,
    blocked: "NOTHING_TO_CHANGE",
  });
});

test("a delayed copy has no place of its topic: it is due, and its dead letter is remembered as sent until then", async () => {
  const topic = await newTopic("due");
  const group = await newGroup("due");
  await makeDeadLetters(cluster, { group, topic, queue: QUEUE, count: 1 });
  const letter = { ...QUEUE, queueOffset: "0" };
  const place = { topic: dlqTopicOf(group), ...letter };
  const before = Date.now();
  const planned = await server.client.resend.planCopy({ instanceId, ...place, delaySeconds: 7200 });
  expect(planned.changes).toMatchObject([{ topic, edited: ["delaySeconds"] }]);
  expect(planned.changes[0]?.dueAt).toBeGreaterThanOrEqual(before + 7_200_000);
  const { sent, dueAt, outcomes } = await server.client.resend.copy({ instanceId, ...place, planId: planned.planId });
  expect([outcomes.map(({ ok }) => ok), sent]).toEqual([[true], null]);
  expect(dueAt).toBeGreaterThanOrEqual(before + 7_200_000);
  expect(await storedIn(cluster, topic)).toBe(1);
  const { items } = await server.client.message.byTime({
    instanceId,
    topic: dlqTopicOf(group),
    from: 0,
    to: Date.now() + 60_000,
  });
  const storedAt = items[0]?.storedAt ?? 0;
  for (const asked of [letter, { ...letter, storedAt }]) {
    const known = await server.client.resend.known({ instanceId, group, places: [asked] });
    expect(known.items).toMatchObject([{ state: "sent", sentTo: null, dueAt, jobId: null }]);
  }
  // Another that was stored at that place at another time is not this one.
  const other = await server.client.resend.known({
    instanceId,
    group,
    places: [{ ...letter, storedAt: storedAt - 1 }],
  });
  expect(other.items).toEqual([]);
});

test("a copy that no broker could take is refused by its plan, with the reason, and one for a group's own topic is warned of", async () => {
  const topic = await newTopic("illegal");
  await new Producer(cluster).send({ topic, body: Buffer.from("one"), queue: QUEUE });
  await untilInQueues(cluster, topic, 1);
  const place = { instanceId, topic, ...QUEUE, queueOffset: "0" };
  const reasons = [
    [{ tag: "x||y" }, /"\|\|" in it/],
    [{ properties: { TAGS: "x" } }, /TAGS is RocketMQ's own/],
    [{ properties: { a: "v".repeat(32_000), b: "w".repeat(2000) } }, /more than 32 kB/],
  ] as const;
  for (const [edited, why] of reasons) {
    const planned = await server.client.resend.planCopy({ ...place, ...edited });
    expect(planned.blocked).toBe("MESSAGE_ILLEGAL");
    expect(planned.failures[0]?.remark).toMatch(why);
    const refused = await problemOf(server.client.resend.copy({ ...place, planId: planned.planId }));
    expect(refused).toMatchObject({ code: "MESSAGE_ILLEGAL", data: { remark: expect.stringMatching(why) as string } });
  }
  expect(await storedIn(cluster, topic)).toBe(1);
  const group = await newGroup("illegal");
  await createTestTopic(cluster, { topic: dlqTopicOf(group), readQueueNums: 1, writeQueueNums: 1 });
  const toDead = await server.client.resend.planCopy({ ...place, target: dlqTopicOf(group) });
  expect(toDead.warnings).toContainEqual({ key: "deadLetterTopic", params: { group } });
});
