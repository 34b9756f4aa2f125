import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MessageItem } from "#contract/message.ts";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { writeGroup } from "../../rocketmq/admin/group-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { groupRpc } from "../../rocketmq/rpc/group.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { failOn, giveUp } from "../../testing/give-up.ts";
import { pop } from "../../testing/pop.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const QUEUE = { brokerName: "broker-a", queueId: 0 };

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
let topic: string;
let items: MessageItem[];
let addr: string;
const leave: (() => Promise<void>)[] = [];

/** A group whose offset is after so many messages. */
async function reader(name: string, commitOffset?: bigint): Promise<string> {
  const group = `${name}-${topic}`;
  await writeGroup(cluster, addr, { groupName: group, patch: {} });
  if (commitOffset !== undefined) {
    const commit = { consumerGroup: group, topic, queueId: QUEUE.queueId, commitOffset };
    await cluster.call(offsetRpc.updateConsumerOffset, addr, commit);
  }
  return group;
}

const join = async (group: string, options: Parameters<typeof joinAsConsumer>[3]) =>
  leave.push(await joinAsConsumer(cluster, group, topic, options));

const toldOf = async (group: string) => {
  const messages = items.map(({ brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags }) => {
    return { topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags };
  });
  const { states, failures } = await server.client.message.states({ instanceId, group, messages });
  expect(failures).toEqual([]);
  return states;
};

const statesOf = async (group: string) => (await toldOf(group)).map(({ state }) => state);

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "states", namesrvAddrs })).id;
  topic = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  const { targets } = await cluster.masters();
  addr = targets.find(({ brokerName }) => brokerName === QUEUE.brokerName)?.addr ?? "";
  const producer = new Producer(cluster);
  for (const [tag, amount] of [
    ["PAID", "1"],
    ["CANCELLED", "2"],
    ["PAID", "30"],
    ["PAID", "40"],
  ] as const) {
    await producer.send({ topic, body: Buffer.from(amount), tag, properties: { amount }, queue: { ...QUEUE } });
  }
  await untilInQueues(cluster, topic, 4);
  const page = await server.client.message.byTime({
    instanceId,
    topic,
    from: 0,
    to: Date.now() + 60_000,
    order: "oldest",
  });
  items = page.items.toSorted((a, b) => Number(a.queueOffset) - Number(b.queueOffset));
});

afterAll(async () => {
  for (const go of leave) await go();
  cluster.close();
  await server.stop();
});

test("an offset that has passed a message says no more than that, and where it lies", async () => {
  const told = await toldOf(await reader("passed", 3n));
  expect(told.map(({ state }) => state)).toEqual(["passed", "passed", "passed", "toConsume"]);
  expect(told[0]).toEqual({
    state: "passed",
    certain: false,
    evidence: [{ kind: "committedPast", offset: "3" }, { kind: "noCopy" }],
    wouldTell: "trace",
    committed: "3",
    end: "4",
    subscription: null,
    deadLetter: null,
  });
  expect(told[3]?.evidence).toMatchObject([{ kind: "committedBefore", offset: "3", behind: "0" }]);
});

test("an offset beyond the end of the queue tells nothing of its messages", async () => {
  const told = await toldOf(await reader("ahead", 1000n));
  expect(told).toEqual(items.map(() => expect.objectContaining({ state: "beyondEnd", committed: "1000", end: "4" })));
});

test("a queue in which the group never committed is none with the offset 0", async () => {
  expect(await toldOf(await reader("never"))).toEqual(
    items.map(() => expect.objectContaining({ state: "neverCommitted", committed: null, end: "4" })),
  );
  expect(await statesOf(await reader("zero", 0n))).toEqual(items.map(() => "toConsume"));
});

test("a message that failed waits for its retry, then lies in the retry topic, and is passed there", async () => {
  const group = await reader("failed", 4n);
  const [failed, later] = items;
  if (failed === undefined || later === undefined) throw new Error("no message");
  const failAt = async ({ msgId, queueOffset }: MessageItem, delayLevel: number) => {
    const { physicalOffset } = await server.client.message.get({ instanceId, topic, ...QUEUE, queueOffset });
    await failOn(cluster, addr, group, { topic, msgId, physicalOffset: BigInt(physicalOffset), delayLevel });
  };
  const at = Date.now();
  await failAt(failed, 18);
  await failAt(later, 1);
  const told = await eventually("the second is in the retry topic", async () => {
    const states = await toldOf(group);
    return states[1]?.evidence.some(({ kind }) => kind === "retryStored") ? states : undefined;
  });
  expect(told.map(({ state }) => state)).toEqual(["retry", "retry", "passed", "passed"]);
  const [waits] = told[0]?.evidence ?? [];
  expect(waits).toMatchObject({ kind: "retryWaits", attempt: 1, place: { topic: "SCHEDULE_TOPIC_XXXX" } });
  const dueIn = (waits?.at ?? 0) - at;
  expect(dueIn).toBeGreaterThan(2 * 3_600_000 - 60_000);
  expect(dueIn).toBeLessThan(2 * 3_600_000 + 60_000);
  const copy = told[1]?.evidence[0]?.place;
  expect(copy).toMatchObject({ topic: `%RETRY%${group}`, brokerName: "broker-a" });
  await cluster.call(offsetRpc.updateConsumerOffset, addr, {
    consumerGroup: group,
    topic: `%RETRY%${group}`,
    queueId: copy?.queueId ?? 0,
    commitOffset: BigInt(copy?.queueOffset ?? 0) + 1n,
  });
  const [, passed] = await toldOf(group);
  if (copy === undefined) throw new Error("no copy");
  const { msgId, offsetMsgId, tags } = await server.client.message.get({ instanceId, ...copy });
  const itself = await server.client.message.states({
    instanceId,
    group,
    messages: [{ ...copy, msgId, offsetMsgId, tags }],
  });
  expect(itself.states).toMatchObject([{ state: "passed", evidence: [{ kind: "committedPast" }, { kind: "noCopy" }] }]);
  expect(passed).toMatchObject({ state: "passed", certain: false, evidence: [{ kind: "retryPassed", attempt: 1 }] });
});

test("a retry that waits is that of the group that failed, and of none whose name leads into it", async () => {
  const group = await reader("under", 4n);
  const other = `${group}_${topic}`;
  await writeGroup(cluster, addr, { groupName: other, patch: {} });
  const commit = { consumerGroup: other, topic, queueId: QUEUE.queueId, commitOffset: 4n };
  await cluster.call(offsetRpc.updateConsumerOffset, addr, commit);
  const [failed] = items;
  if (failed === undefined) throw new Error("no message");
  const { physicalOffset } = await server.client.message.get({
    instanceId,
    topic,
    ...QUEUE,
    queueOffset: failed.queueOffset,
  });
  const it = { topic, msgId: failed.msgId, physicalOffset: BigInt(physicalOffset), delayLevel: 18 };
  await failOn(cluster, addr, other, it);
  await eventually("its retry waits", async () => ((await statesOf(other))[0] === "retry" ? true : undefined));
  expect(await statesOf(group)).toEqual(["passed", "passed", "passed", "passed"]);
});

test("a group that no broker knows is told as that, and one without a configuration that has an offset is judged", async () => {
  const unknown = `unknown-${topic}`;
  expect(await problemOf(toldOf(unknown))).toMatchObject({
    code: "SUBSCRIPTION_GROUP_NOT_EXIST",
    data: { params: { group: unknown } },
  });
  const left = await reader("left", 2n);
  await cluster.call(groupRpc.deleteSubscriptionGroup, addr, {
    groupName: left,
    removeOffset: false,
    cleanOffset: false,
  });
  expect(await statesOf(left)).toEqual(["passed", "passed", "toConsume", "toConsume"]);
});

test("a message that was consumed and is reset over later is no more than passed, and a group made anew was never reset", async () => {
  const group = await reader("consumed", 4n);
  for (const to of ["earliest", "latest"] as const) {
    const { planId } = await server.client.offset.planReset({ instanceId, group, topic, to });
    await server.client.offset.reset({ instanceId, group, topic, planId });
  }
  const [first] = await toldOf(group);
  expect(first).toMatchObject({ state: "passed", certain: false, wouldTell: "trace" });
  expect(first?.evidence[0]).toMatchObject({ kind: "reset", who: "admin", offset: "0", to: "4" });
  const { planId } = await server.client.group.planDelete({ instanceId, group, withTopics: false });
  await server.client.group.delete({ instanceId, group, planId, name: group });
  const anew = await toldOf(await reader("consumed", 4n));
  expect(anew[0]?.evidence).toEqual([{ kind: "committedPast", offset: "4" }, { kind: "noCopy" }]);
});

test("a message that a reset went over was skipped, by whom and when", async () => {
  const group = await reader("skipping", 1n);
  const { planId } = await server.client.offset.planReset({ instanceId, group, topic, to: "latest" });
  const { undo } = await server.client.offset.reset({ instanceId, group, topic, planId });
  const told = await toldOf(group);
  expect(told.map(({ state }) => state)).toEqual(["passed", "skipped", "skipped", "skipped"]);
  expect(told[1]).toMatchObject({
    certain: false,
    evidence: [{ kind: "reset", who: "admin", offset: "1", to: "4" }, {}, {}],
  });
  if (undo === null) throw new Error("nothing to undo");
  const back = await server.client.offset.planUndo({ instanceId, group, topic, undo });
  await server.client.offset.reset({ instanceId, group, topic, planId: back.planId });
  expect(await statesOf(group)).toEqual(["passed", "toConsume", "toConsume", "toConsume"]);
});

test("a topic that the group's clients do not subscribe to is not subscribed", async () => {
  const group = await reader("elsewhere");
  const other = await createTestTopic(cluster, { readQueueNums: 1, writeQueueNums: 1 });
  leave.push(await joinAsConsumer(cluster, group, other));
  const told = await toldOf(group);
  expect(told.map(({ state }) => state)).toEqual(items.map(() => "notSubscribed"));
  expect(told[0]?.evidence).toEqual([{ kind: "nobodySubscribes", count: 1 }, { kind: "noOffset" }]);
});

test("what the clients' tags leave out was filtered, once the offset has passed it", async () => {
  const group = await reader("tags", 3n);
  await join(group, { subscription: { subString: "PAID || NEW", tagsSet: ["PAID", "NEW"] } });
  const told = await toldOf(group);
  expect(told.map(({ state }) => state)).toEqual(["passed", "filtered", "passed", "toConsume"]);
  expect(told.map(({ subscription }) => subscription)).toEqual([null, "PAID || NEW", null, null]);
});

test("a condition on properties is tried by the broker itself", async () => {
  const group = await reader("sql", 4n);
  await join(group, { subscription: { subString: "amount > 5", expressionType: "SQL92" } });
  expect(await statesOf(group)).toEqual(["filtered", "filtered", "passed", "passed"]);
});

test("a broadcasting group has its offsets at its clients", async () => {
  const group = await reader("everywhere");
  await join(group, { messageModel: "BROADCASTING" });
  expect(await statesOf(group)).toEqual(items.map(() => "broadcasting"));
});

test("a message that a group gave up is a dead letter of that group, which leads to its copy", async () => {
  const [given, passed] = [await reader("gave-up", 4n), await reader("went-on", 4n)];
  const [failed] = items;
  if (failed === undefined) throw new Error("no message");
  const place = { topic, ...QUEUE, queueOffset: failed.queueOffset };
  const { physicalOffset } = await server.client.message.get({ instanceId, ...place });
  await giveUp(cluster, addr, given, { topic, msgId: failed.msgId, physicalOffset: BigInt(physicalOffset) });
  const [dead] = await eventually("the dead letter is in the index", async () => {
    const told = await toldOf(given);
    return told[0]?.state === "deadLetter" ? told : undefined;
  });
  expect(dead?.deadLetter).toMatchObject({ topic: `%DLQ%${given}`, brokerName: "broker-a", retries: 0 });
  expect(await statesOf(given)).toEqual(["deadLetter", "passed", "passed", "passed"]);
  expect((await statesOf(passed))[0]).toBe("passed");

  const { items: groups } = await server.client.message.groups({ instanceId, ...place });
  const byGroup = new Map(groups.map(({ group, state }) => [group, state]));
  expect([byGroup.get(given), byGroup.get(passed)]).toEqual(["deadLetter", "passed"]);

  if (!dead?.deadLetter) throw new Error("no dead letter");
  const { retries: _, ...copy } = dead.deadLetter;
  const letter = await server.client.message.get({ instanceId, ...copy });
  expect(letter).toMatchObject({ msgId: failed.msgId, stage: "dlq", realTopic: topic, retries: 0 });
  const owners = await server.client.message.groups({ instanceId, ...copy });
  expect(owners.items).toMatchObject([{ group: given, state: "deadLetter" }]);
});

test("a message that a group popped, popped again and gave up is a dead letter by the id of the original", async () => {
  const group = await reader("popped");
  const [failed] = items;
  if (failed === undefined) throw new Error("no message");
  const broker = { addr, brokerName: QUEUE.brokerName };
  expect(await pop(cluster, broker, { group, topic, invisibleMs: 1000 })).toHaveLength(4);
  const again = await eventually("it comes again", async () => {
    const came = await pop(cluster, broker, { group, topic, invisibleMs: 60_000 });
    return came.find(({ msgId, reconsumeTimes }) => msgId === failed.msgId && reconsumeTimes === 1);
  });
  expect(again.offsetMsgId).not.toBe(failed.offsetMsgId);
  await giveUp(cluster, addr, group, { topic, msgId: failed.msgId, physicalOffset: again.physicalOffset });
  const told = await eventually("the dead letter is in the index", async () => {
    const [first, ...others] = await toldOf(group);
    return first?.state === "deadLetter" ? [first, ...others] : undefined;
  });
  expect(told.map(({ state }) => state)).toEqual(["deadLetter", "passed", "passed", "passed"]);
  expect(told[0]?.deadLetter).toMatchObject({ topic: `%DLQ%${group}`, brokerName: "broker-a" });
});
