import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allGroupConfigs, createGroup, deleteGroup } from "../../rocketmq/admin/group-admin.ts";
import { changeOrderConf, readOrderConf } from "../../rocketmq/admin/order-conf.ts";
import { topicConfigs, writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import { deleteTopic } from "../../rocketmq/admin/topic-deletion.ts";
import { imported } from "../../testing/imported.ts";
import { planned } from "../../testing/planned.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
const unique = `a${Date.now().toString(36)}`;
const named = (name: string) => `${unique}-${name}`;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "imports again", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const csv = (...lines: string[]) =>
  new File([["TopicName,QueueNums,Perm,MessageType,Order,Remark", ...lines].join("\n")], "topics.csv");

async function checked(what: "topicImport" | "groupImport", file: File) {
  const check = await server.client[what].check({ instanceId, file });
  const rows = (await server.client[what].rows({ instanceId, checkId: check.id, pageSize: 200 })).items;
  return { check, rows, start: () => imported(server.client, what, { instanceId, checkId: check.id }) };
}

test("an ordered topic that the name servers know nothing of is not called there, and importing it again tells them", async () => {
  const topic = named("untold");
  const file = csv(`${topic},2,6,FIFO,true,`);
  await (await checked("topicImport", file)).start();
  await changeOrderConf(cluster, topic, (stored) => new Map([...stored].filter(([name]) => name === "broker-a")));
  const again = await checked("topicImport", file);
  expect(again.rows).toMatchObject([{ state: "create", createOn: [], orderOn: ["broker-b"] }]);
  const { job, rows } = await again.start();
  expect(job).toMatchObject({ state: "succeeded", ok: 1 });
  expect(rows).toMatchObject([{ state: "ok", code: "orderTold", data: { created: "", failed: "" } }]);
  expect((await readOrderConf(cluster, topic))?.split(";").sort()).toEqual(["broker-a:2", "broker-b:2"]);
  expect((await checked("topicImport", file)).rows).toMatchObject([{ state: "exists", orderOn: [] }]);
});

test("a remark of what exists is never overwritten by an import, and that it differs is said", async () => {
  const topic = named("remarked");
  const create = { instanceId, topic, messageType: "NORMAL", queues: 4, perm: 6, remark: "of the team" } as const;
  await planned(server.client).createTopic({ ...create, brokers: ["broker-a"] });
  const { rows, start } = await checked("topicImport", csv(`${topic},4,6,NORMAL,false,of a file`));
  expect(rows).toMatchObject([{ state: "differs", remark: "of the team" }]);
  expect((await start()).rows).toMatchObject([{ state: "skipped", code: "differs", detail: "Remark: of the team" }]);
  expect((await server.client.topic.get({ instanceId, topic })).remark).toBe("of the team");
  const same = await checked("topicImport", csv(`${topic},4,6,NORMAL,false,of the team`));
  expect(same.rows).toMatchObject([{ state: "create", createOn: ["broker-b"], remark: null }]);
});

test("where the console cannot store a remark, the topic is made whole all the same, and its row says what is missing", async () => {
  const topic = named("no-remark");
  const { start } = await checked("topicImport", csv(`${topic},2,6,FIFO,true,a remark`));
  await sql`create trigger no_remark before insert on remark begin select raise(abort, 'no room'); end`.execute(
    server.deps.db,
  );
  try {
    expect((await start()).rows).toMatchObject([
      { state: "failed", code: "remarkLost", data: { created: "broker-a;broker-b", failed: "" } },
    ]);
  } finally {
    await sql`drop trigger no_remark`.execute(server.deps.db);
  }
  expect((await readOrderConf(cluster, topic))?.split(";").sort()).toEqual(["broker-a:2", "broker-b:2"]);
});

test("every setting that the official tools can make is exported, is there for an import, and is made by one", async () => {
  const topic = named("marked");
  const group = named("marked");
  const { targets } = await cluster.masters();
  const settings = { readQueueNums: 4, writeQueueNums: 4, perm: 15, order: false };
  const subscriptionDataSet = [{ topic, expressionType: "TAG", expression: "paid || sent" }];
  const marks = { topicSysFlag: 3, topicFilterType: "MULTI_TAG" };
  const patch = {
    retryMaxTimes: -1,
    brokerId: 3,
    groupSysFlag: 1,
    consumeTimeoutMinute: 30,
    retryQueueNums: 2,
    subscriptionDataSet,
  };
  for (const { addr } of targets) {
    await writeTopic(cluster, addr, {
      topic,
      ...settings,
      ...marks,
      attributes: ["+message.type=NORMAL", "+cleanup.policy=COMPACTION"],
    });
    await createGroup(cluster, addr, group, patch);
  }
  const topics = await server.client.topic.export({ instanceId, topics: [topic] });
  const groups = await server.client.group.export({ instanceId, groups: [group] });
  for (const [what, file] of [["topicImport", topics] as const, ["groupImport", groups] as const]) {
    expect((await checked(what, file)).check.counts).toEqual({ create: 0, exists: 1, differs: 0, invalid: 0 });
  }
  await deleteTopic(cluster, topic);
  const made = await (await checked("topicImport", topics)).start();
  expect(made.job).toMatchObject({ state: "succeeded", ok: 1 });
  const { items } = await topicConfigs(cluster, [topic]);
  for (const { value } of items) expect(value.get(topic)).toMatchObject({ ...settings, ...marks });

  await deleteGroup(cluster, group, true);
  const refused = await checked("groupImport", groups);
  expect(refused.rows).toMatchObject([{ state: "invalid", faults: [{ key: "retries", params: { value: "-1" } }] }]);
  const file = new File([(await groups.text()).replace(`${group},-1,`, `${group},7,`)], "groups.csv");
  expect((await (await checked("groupImport", file)).start()).job).toMatchObject({ state: "succeeded", ok: 1 });
  for (const { value } of (await allGroupConfigs(cluster)).items)
    expect(value.get(group)?.config).toMatchObject({ ...patch, retryMaxTimes: 7 });
});

test("a strictly ordered topic that another broker got since the check is not made a second time", async () => {
  const topic = named("strict");
  const lines = ["TopicName,QueueNums,Perm,MessageType,Order,BrokerName", `${topic},1,6,FIFO,true,broker-a`];
  const { rows, start } = await checked("topicImport", new File([lines.join("\n")], "topics.csv"));
  expect(rows).toMatchObject([{ state: "create", createOn: ["broker-a"] }]);
  const { targets } = await cluster.masters();
  const { addr = "" } = targets.find(({ brokerName }) => brokerName === "broker-b") ?? {};
  const strict = { readQueueNums: 1, writeQueueNums: 1, perm: 6, order: true, attributes: ["+message.type=FIFO"] };
  await writeTopic(cluster, addr, { topic, ...strict });
  const [row] = (await start()).rows;
  expect(row).toMatchObject({ state: "failed", code: "TOPIC_EXISTS", data: { created: "", failed: "broker-a" } });
  expect(row?.detail).toContain("broker-b: ");
  const { items } = await topicConfigs(cluster, [topic]);
  expect(items.flatMap(({ target, value }) => (value.has(topic) ? [target.brokerName] : []))).toEqual(["broker-b"]);
});
