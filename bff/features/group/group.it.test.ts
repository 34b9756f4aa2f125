import { readSheet } from "read-excel-file/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allGroupConfigs, writeGroup } from "../../rocketmq/admin/group-admin.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { groupRpc } from "../../rocketmq/rpc/group.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import { joinAsConsumer } from "../../testing/online-client.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createTestTopic, untilInQueues } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";
import { GroupDeletion, type GroupCondition } from "#contract/group.ts";

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
const unique = `g${Date.now().toString(36)}`;
const named = (name: string) => `${unique}-${name}`;
const both = ["broker-a", "broker-b"];

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "groups", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

type Create = Parameters<TestServer["client"]["group"]["planCreate"]>[0];
const create = (group: string, more: Partial<Create> = {}) =>
  planned(server.client).createGroup({ instanceId, group, brokers: both, ...more });

async function onBrokers(group: string) {
  const { items } = await allGroupConfigs(cluster);
  return Object.fromEntries(items.map(({ target, value }) => [target.brokerName, value.get(group)?.config]));
}

const addrOf = async (brokerName: string) =>
  (await cluster.masters()).targets.find((target) => target.brokerName === brokerName)?.addr ?? "";

test("a created group is on the chosen brokers with what was chosen", async () => {
  const group = named("created");
  const { outcomes } = await create(group, {
    broadcastEnable: false,
    ordered: true,
    retryMaxTimes: 5,
    retryPolicy: { type: "exponential", initial: 1000, max: 60_000, multiplier: 3 },
    remark: "for tests",
  });
  expect(outcomes).toEqual(both.map((target) => ({ target, ok: true })));
  const found = await onBrokers(group);
  for (const name of both) {
    expect(found[name]).toMatchObject({
      consumeEnable: true,
      consumeBroadcastEnable: false,
      consumeMessageOrderly: true,
      retryMaxTimes: 5,
      groupRetryPolicy: {
        type: "EXPONENTIAL",
        exponentialRetryPolicy: { initial: 1000, max: 60_000, multiplier: 3 },
      },
    });
  }
  const { items } = await server.client.group.list({ instanceId, search: group });
  expect(items).toMatchObject([
    { group, kind: "normal", ordered: true, retryMaxTimes: 5, remark: "for tests", differs: false, clients: 0 },
  ]);
  expect(items[0]).toMatchObject({ lag: null, lagUnknown: "noOffsets", delayMs: null });
});

test.each([
  ["a name with a space", { group: "a b" }, { path: "group", message: "name.characters" }],
  ["a name of RocketMQ's own", { group: "TOOLS_CONSUMER" }, { path: "group", message: "name.reserved" }],
  ["more than 1000 retries", { retryMaxTimes: 1001 }, { path: "retryMaxTimes", message: "retries.range" }],
  ["no broker", { brokers: [] }, { path: "brokers", message: "brokers.none" }],
  ["a broker that does not exist", { brokers: ["broker-x"] }, { path: "brokers", message: "brokers.unknown" }],
])("%s is refused where it belongs", async (_, wrong, issue) => {
  const { code, data } = await problemOf(create(named("refused"), wrong));
  expect(code).toBe("BAD_REQUEST");
  expect(data.issues).toEqual([issue]);
  expect(await onBrokers(named("refused"))).toEqual({ "broker-a": undefined, "broker-b": undefined });
});

test("a group that exists is not created again, and a plan changes nothing", async () => {
  const group = named("twice");
  const plan = await server.client.group.planCreate({ instanceId, group, brokers: ["broker-a"] });
  expect(plan).toMatchObject({ blocked: null, changes: [{ brokerName: "broker-a", change: "create", before: null }] });
  expect(plan.commands[0]).toMatch(/^mqadmin updateSubGroup -n .+ -b .+ -g \S+-twice -s true -d true -r 16/);
  expect(await onBrokers(group)).toEqual({ "broker-a": undefined, "broker-b": undefined });
  await create(group, { brokers: ["broker-a"] });
  expect((await problemOf(create(group, { brokers: ["broker-b"] }))).code).toBe("GROUP_EXISTS");
  expect((await onBrokers(group))["broker-b"]).toBeUndefined();
});

test("an update changes what was named and keeps the rest at each broker", async () => {
  const group = named("updated");
  await create(group, { retryPolicy: { type: "custom", delays: [1000, 2000] } });
  const unusual = { consumeTimeoutMinute: 7, retryQueueNums: 2, retryMaxTimes: 9 };
  await writeGroup(cluster, await addrOf("broker-b"), { groupName: group, patch: unusual });
  const [listed] = (await server.client.group.list({ instanceId, search: group, fresh: true })).items;
  expect(listed?.differs).toBe(true);

  const plan = await server.client.group.planUpdate({ instanceId, group, consumeEnable: false });
  expect(plan.changes.map((c) => [c.brokerName, c.before?.consumeEnable, c.after?.consumeEnable])).toEqual([
    ["broker-a", true, false],
    ["broker-b", true, false],
  ]);
  expect(plan.warnings).toMatchObject([{ key: "stopsConsuming" }]);
  expect(plan.commands, "the tool would reset the timeout that one of them has").toEqual([]);
  const { outcomes } = await planned(server.client).updateGroup({
    instanceId,
    group,
    consumeEnable: false,
    remark: "new",
  });
  expect(outcomes).toEqual(both.map((target) => ({ target, ok: true })));
  const found = await onBrokers(group);
  expect(found["broker-a"]).toMatchObject({ consumeEnable: false, retryMaxTimes: 16, retryQueueNums: 1 });
  expect(found["broker-b"]).toMatchObject({ consumeEnable: false, ...unusual });
  expect(found["broker-a"]?.groupRetryPolicy?.customizedRetryPolicy?.next).toEqual([1000, 2000]);
  expect((await server.client.group.get({ instanceId, group })).remark).toBe("new");
  const config = await server.client.group.config({ instanceId, group });
  expect(config.items.map(({ values }) => values["consumeTimeoutMinute"])).toEqual(["15", "7"]);
});

test("lag is counted queue by queue, the retry topic's among it", async () => {
  const [topic, group] = [await createTestTopic(cluster, { topic: named("lagging") }), named("lagging-group")];
  await create(group);
  const retry = await createTestTopic(cluster, { topic: `%RETRY%${group}`, readQueueNums: 1, writeQueueNums: 1 });
  const producer = new Producer(cluster, { group: named("PG") });
  for (let n = 0; n < 10; n++) {
    await producer.send({ topic, body: Buffer.from(`m${n}`), queue: { brokerName: "broker-a", queueId: 1 } });
  }
  await producer.send({ topic: retry, body: Buffer.from("again"), queue: { brokerName: "broker-b", queueId: 0 } });
  const commit = async (of: string, broker: string, queueId: number, commitOffset: bigint) =>
    cluster.call(offsetRpc.updateConsumerOffset, await addrOf(broker), {
      consumerGroup: group,
      topic: of,
      queueId,
      commitOffset,
    });
  await commit(topic, "broker-a", 1, 4n);
  await commit(retry, "broker-b", 0, 0n);
  await untilInQueues(cluster, topic, 10);
  await untilInQueues(cluster, retry, 1);

  const progress = await server.client.group.progress({ instanceId, group });
  expect(progress.items.map((item) => [item.topic, item.retry, item.lag])).toEqual([
    [topic, false, "6"],
    [retry, true, "1"],
  ]);
  expect(progress.items[0]?.queues.filter(({ lag }) => lag !== null && lag !== "0")).toMatchObject([
    { brokerName: "broker-a", queueId: 1, brokerOffset: "10", consumerOffset: "4", lag: "6" },
  ]);
  expect(progress.items[0]?.lastConsumedAt).toBeGreaterThan(Date.now() - 600_000);
  const { items } = await server.client.group.list({ instanceId, search: group, fresh: true });
  expect(items).toMatchObject([{ lag: "7", lagUnknown: null, pop: false }]);
  expect(items[0]?.delayMs).toBeGreaterThan(0);
  // What all groups are sorted by may be some seconds old.
  await vi.waitFor(async () => {
    const input = { instanceId, search: unique, sort: "lag", order: "desc", fresh: true } as const;
    expect((await server.client.group.list(input)).items[0]?.group).toBe(group);
  }, 20_000);
  expect(await server.client.group.get({ instanceId, group })).toMatchObject({ lag: "7", topics: 1 });
});

test("the list is narrowed to groups that are so", async () => {
  const of = async (condition: GroupCondition) =>
    (await server.client.group.list({ instanceId, search: unique, condition, pageSize: 100 })).items.map(
      ({ group }) => group,
    );
  await server.deps.stats.groups(instanceId, { maxAgeMs: 0 });
  await server.deps.stats.clients(instanceId, { maxAgeMs: 0 });
  expect(await of("behind")).toEqual([named("lagging-group")]);
  expect(await of("differs")).toEqual([named("updated")]);
  expect(await of("paused")).toEqual([named("updated")]);
  expect(await of("offline")).toContain(named("lagging-group"));
  expect(await of("mismatch")).toEqual([]);
  expect(await of("deadLetters")).toEqual([]);
});

test("a group with clients online is not deleted, and then it goes with its retry topic", async () => {
  const [topic, group] = [await createTestTopic(cluster, { topic: named("used") }), named("used-group")];
  await create(group, { remark: "goes too" });
  const retry = await createTestTopic(cluster, { topic: `%RETRY%${group}`, readQueueNums: 1, writeQueueNums: 1 });
  const client = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  const leave = await joinAsConsumer(client, group, topic);
  try {
    const online = await server.client.group.clients({ instanceId, group });
    expect(online.items).toMatchObject([
      { consumeType: "CONSUME_PASSIVELY", messageModel: "CLUSTERING", seenAt: both },
    ]);
    const subscriptions = await server.client.group.subscriptions({ instanceId, group });
    expect(subscriptions.items).toMatchObject([{ topic, expression: "*", type: "TAG", retry: false }]);
    const plan = await server.client.group.planDelete({ instanceId, group, withTopics: true });
    expect(plan).toMatchObject({ blocked: "STILL_IN_USE", topics: [{ topic: retry, stored: "0" }] });
    expect(plan.clients).toHaveLength(1);
    const refused = await problemOf(
      planned(server.client).deleteGroup({ instanceId, group, name: group, withTopics: true }),
    );
    expect(refused.code).toBe("STILL_IN_USE");
    expect((await onBrokers(group))["broker-a"]).toBeDefined();
  } finally {
    await leave();
    client.close();
  }
  const wrong = await problemOf(planned(server.client).deleteGroup({ instanceId, group, name: "other" }));
  expect(wrong.data.issues).toEqual([{ path: "name", message: "name.mismatch" }]);
  const { outcomes } = await vi.waitFor(
    () => planned(server.client).deleteGroup({ instanceId, group, name: group, withTopics: true }),
    20_000,
  );
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  expect(outcomes.map(({ target }) => target)).toEqual(expect.arrayContaining([...both, `${retry} · broker-a`]));
  expect(await onBrokers(group)).toEqual({ "broker-a": undefined, "broker-b": undefined });
  const left = await topicConfigs(cluster, [retry]);
  expect(left.items.every(({ value }) => value.get(retry) === undefined)).toBe(true);
  expect((await problemOf(server.client.group.get({ instanceId, group }))).code).toBe("SUBSCRIPTION_GROUP_NOT_EXIST");
});

test("a changed group is brought back to what each broker had, what the form does not know included", async () => {
  const group = named("undone");
  await create(group, { retryMaxTimes: 5, remark: "first" });
  const unusual = { consumeTimeoutMinute: 7, retryMaxTimes: 9 };
  await writeGroup(cluster, await addrOf("broker-b"), { groupName: group, patch: unusual });
  const { client } = server;
  const { undo } = await planned(client).updateGroup({ instanceId, group, retryMaxTimes: 3, remark: "second" });
  expect((await onBrokers(group))["broker-b"]).toMatchObject({ retryMaxTimes: 3, consumeTimeoutMinute: 7 });
  const back = await client.group.planUndo({ instanceId, group, undo: undo ?? "" });
  expect(back).toMatchObject({ remark: { before: "second", after: "first" } });
  await client.group.update({ instanceId, group, planId: back.planId });
  const found = await onBrokers(group);
  expect([found["broker-a"]?.retryMaxTimes, found["broker-b"]?.retryMaxTimes]).toEqual([5, 9]);
  expect((await client.group.get({ instanceId, group })).remark).toBe("first");
});

test("a group that got a client after its deletion was planned stays, and the plan of now says why", async () => {
  const [topic, group] = [await createTestTopic(cluster, { topic: named("came") }), named("came-group")];
  await create(group);
  const { planId } = await server.client.group.planDelete({ instanceId, group });
  const client = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    await joinAsConsumer(client, group, topic);
    const { code, data } = await problemOf(server.client.group.delete({ instanceId, group, planId, name: group }));
    expect([code, GroupDeletion.parse(data.plan).blocked]).toEqual(["PLAN_STALE", "STILL_IN_USE"]);
    expect((await onBrokers(group))["broker-a"]).toBeDefined();
  } finally {
    client.close();
  }
});

test("what brokers can do is the same after an old client of theirs was asked what it does", async () => {
  const [topic, group] = [await createTestTopic(cluster, { topic: named("old-client") }), named("old-client-group")];
  await create(group);
  const client = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs });
  try {
    const body = Buffer.from('{"properties":{},"subscriptionSet":[]}');
    client.remoting.onRequest(groupRpc.getConsumerRunningInfo.code, () => ({ code: 0, body }));
    await joinAsConsumer(client, group, topic);
    const { items } = await server.client.group.clients({ instanceId, group });
    await server.client.group.runningInfo({ instanceId, group, clientId: items[0]?.clientId ?? "" });
    const { brokers } = await server.client.group.options({ instanceId });
    expect(brokers.map(({ keepsRetryPolicy }) => keepsRetryPolicy)).toEqual([true, true]);
  } finally {
    client.close();
  }
});

test("RocketMQ's own groups are listed only when asked for, and stay", async () => {
  const normal = await server.client.group.list({ instanceId, kind: "normal", pageSize: 200 });
  expect(normal.items.map(({ group }) => group)).not.toContain("TOOLS_CONSUMER");
  const system = await server.client.group.list({ instanceId, kind: "system", pageSize: 200 });
  expect(system.items.map(({ group }) => group)).toContain("TOOLS_CONSUMER");
  const plan = await server.client.group.planDelete({ instanceId, group: "TOOLS_CONSUMER" });
  expect(plan.blocked).toBe("SYSTEM_RESOURCE");
});

test("looking at a group that does not exist creates none", async () => {
  const group = named("nobody");
  expect((await problemOf(server.client.group.progress({ instanceId, group }))).code).toBe(
    "SUBSCRIPTION_GROUP_NOT_EXIST",
  );
  expect((await server.client.group.clients({ instanceId, group })).items).toEqual([]);
  expect((await server.client.group.consistency({ instanceId, group })).consistent).toBeNull();
  const gone = await problemOf(server.client.group.runningInfo({ instanceId, group, clientId: "x" }));
  expect(gone.code).toBe("CONSUMER_NOT_ONLINE");
  expect(await onBrokers(group)).toEqual({ "broker-a": undefined, "broker-b": undefined });
});

test("exported groups are read back from a workbook, and import again from CSV as what they were", async () => {
  const groups = ["export-1", "export-2"].map(named);
  for (const [n, group] of groups.entries()) {
    await create(group, { retryMaxTimes: n + 3, broadcastEnable: false, brokers: ["broker-b"], remark: "+1" });
  }
  const workbook = await server.client.group.export({ instanceId, search: named("export-"), format: "xlsx" });
  expect(workbook.name).toBe("groups.xlsx");
  const [head = [], ...rows] = await readSheet(Buffer.from(await workbook.arrayBuffer()));
  expect(head.slice(0, 4)).toEqual(["GroupName", "MaxRetryTimes", "ConsumeEnable", "BroadcastEnable"]);
  expect(rows.map((row) => row.slice(0, 4))).toEqual([
    [groups[0], 3, "true", "false"],
    [groups[1], 4, "true", "false"],
  ]);
  expect(rows.map((row) => [row[head.indexOf("BrokerName")], row[head.indexOf("Remark")]])).toEqual([
    ["broker-b", "+1"],
    ["broker-b", "+1"],
  ]);
  const file = await server.client.group.export({ instanceId, groups: groups.slice(1) });
  const [columns = "", line = ""] = (await file.text()).split("\r\n");
  expect(columns.replace("\uFEFF", "")).toMatch(/^GroupName,MaxRetryTimes,/);
  expect(line.startsWith(`${groups[1]},4,`)).toBe(true);
  expect(line.endsWith(",'+1")).toBe(true);
  const checked = await server.client.groupImport.check({ instanceId, file, brokers: ["broker-b"] });
  expect(checked.counts).toEqual({ create: 0, exists: 1, differs: 0, invalid: 0 });
});

test("the command shown for a deletion deletes what the plan says and no more", async () => {
  const group = named("commands");
  await create(group);
  await createTestTopic(cluster, { topic: `%RETRY%${group}`, readQueueNums: 1, writeQueueNums: 1 });
  const topic = await createTestTopic(cluster, { topic: named("popped") });
  const popped = await createTestTopic(cluster, {
    topic: `%RETRY%${group}_${topic}`,
    readQueueNums: 1,
    writeQueueNums: 1,
  });
  const alone = await server.client.group.planDelete({ instanceId, group });
  const [a, b] = await Promise.all(both.map(addrOf));
  expect(alone.commands.map((line) => line.replace(/-n \S+ /, ""))).toEqual([
    `mqadmin deleteSubGroup -b ${a} -g ${group} -r true`,
    `mqadmin deleteSubGroup -b ${b} -g ${group} -r true`,
  ]);
  const whole = await server.client.group.planDelete({ instanceId, group, withTopics: true });
  expect(whole.commands).toEqual([
    expect.stringMatching(new RegExp(`deleteSubGroup .* -c \\S+ -g ${group} -r true$`)),
    expect.stringContaining(`-t ${popped}`),
  ]);
});
