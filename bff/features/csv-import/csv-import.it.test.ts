import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../../sandbox/testing/shared-cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../../rocketmq/admin/group-admin.ts";
import { topicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { namesrvRpc } from "../../rocketmq/rpc/namesrv.ts";
import { ended, imported as importedBy } from "../../testing/imported.ts";
import { problemOf } from "../../testing/problem-of.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { untilRouted } from "../../testing/test-topic.ts";
import { planned } from "../../testing/planned.ts";

let server: TestServer;
let cluster: RocketMQCluster;
let instanceId: string;
const unique = `i${Date.now().toString(36)}`;
const named = (name: string) => `${unique}-${name}`;
const HEADER = "TopicName,QueueNums,Perm,MessageType";
const csvOf = (line: string) => new File([`${HEADER},Order\n${line}\n`], "topics.csv");
const csv = (...lines: string[]) => new File([[HEADER, ...lines].join("\r\n")], "topics.csv", { type: "text/csv" });

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  server = await startTestServer();
  instanceId = (await server.client.instance.register({ name: "imports", namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const check = (file: File, brokers?: string[]) => server.client.topicImport.check({ instanceId, file, brokers });
const rowsOf = async (checkId: string) =>
  (await server.client.topicImport.rows({ instanceId, checkId, pageSize: 200 })).items;

const imported = (checkId: string) => importedBy(server.client, "topicImport", { instanceId, checkId });

async function onBrokers(topics: readonly string[]) {
  const { items } = await topicConfigs(cluster, topics);
  return Object.fromEntries(items.map(({ target, value }) => [target.brokerName, value]));
}

test("a dry run writes nothing, and the import does what it showed", async () => {
  const [a, b] = [named("new-a"), named("new-b")];
  const there = named("there");
  const both = ["broker-a", "broker-b"];
  const base = { instanceId, brokers: both, messageType: "NORMAL" as const, queues: 4, perm: 6 as const };
  await planned(server.client).createTopic({ ...base, topic: there });
  await planned(server.client).createTopic({ ...base, topic: named("half"), brokers: ["broker-a"] });
  const file = csv(
    `${a},4,6,NORMAL`,
    `${b},2,4,DELAY`,
    `${there},4,6,NORMAL`,
    `${named("half")},4,6,NORMAL`,
    "broker-a,1,6,NORMAL",
    `${a},1,6,NORMAL`,
    `${there}x,99,6,NORMAL`,
    `${named("half")}2,4,6,TRANSACTION`,
  );
  const checked = await check(file);
  expect(checked).toMatchObject({
    fileName: "topics.csv",
    encoding: "UTF-8",
    brokers: both,
    counts: { create: 4, exists: 1, differs: 0, invalid: 3 },
    failures: [],
    jobId: null,
  });
  const rows = await rowsOf(checked.id);
  expect(rows.map(({ line, state, faults, createOn }) => [line, state, faults[0]?.key, createOn.join()])).toEqual([
    [2, "create", undefined, "broker-a,broker-b"],
    [3, "create", undefined, "broker-a,broker-b"],
    [4, "exists", undefined, ""],
    [5, "create", undefined, "broker-b"],
    [6, "invalid", "name.reserved", ""],
    [7, "invalid", "duplicate", ""],
    [8, "invalid", "queues", ""],
    [9, "create", undefined, "broker-a,broker-b"],
  ]);
  const before = await onBrokers([a, b]);
  expect([before["broker-a"]?.size, before["broker-b"]?.size]).toEqual([0, 0]);

  const { job, rows: done } = await imported(checked.id);
  expect(job).toMatchObject({ kind: "csvImport.topic", state: "succeeded", total: 8, ok: 4, skipped: 4, failed: 0 });
  expect(done.map(({ key, state, code, data }) => [key, state, code, data?.["line"], data?.["created"]])).toEqual([
    [a, "ok", undefined, 2, "broker-a;broker-b"],
    [b, "ok", undefined, 3, "broker-a;broker-b"],
    [there, "skipped", "exists", 4, undefined],
    [named("half"), "ok", undefined, 5, "broker-b"],
    ["broker-a", "skipped", "name.reserved", 6, undefined],
    [a, "skipped", "duplicate", 7, undefined],
    [`${there}x`, "skipped", "queues", 8, undefined],
    [`${named("half")}2`, "ok", undefined, 9, "broker-a;broker-b"],
  ]);
  const invalid = (await rowsOf(checked.id)).filter(({ state }) => state === "invalid");
  expect(done.flatMap(({ data }) => data?.["faults"] ?? [])).toEqual(invalid.flatMap(({ faults }) => faults));
  const after = await onBrokers([a, b, named("half")]);
  for (const broker of ["broker-a", "broker-b"]) {
    expect(after[broker]?.get(a)).toMatchObject({ readQueueNums: 4, writeQueueNums: 4, perm: 6, order: false });
    expect(after[broker]?.get(b)).toMatchObject({ readQueueNums: 2, perm: 4 });
    expect(after[broker]?.get(b)?.attributes.get("message.type")).toBe("DELAY");
    expect(after[broker]?.get(named("half"))).toBeDefined();
  }
  for (const topic of [a, b]) await untilRouted(cluster, topic, both.length);
  const { items } = await server.client.topic.list({ instanceId, search: named("new-"), fresh: true });
  expect(items.map(({ topic }) => topic)).toEqual([a, b]);
  const results = await (await server.client.job.download({ jobId: job.id })).text();
  expect(results.split("\n")[0]).toBe("n,key,state,code,detail,at,line,created,failed,faults");
  expect(await server.client.topicImport.start({ instanceId, checkId: checked.id })).toEqual({ jobId: job.id });
});

test("what exists with another configuration stays as it is", async () => {
  const topic = named("differs");
  await planned(server.client).createTopic({
    instanceId,
    topic,
    brokers: ["broker-a"],
    messageType: "NORMAL",
    queues: 4,
    perm: 6,
  });
  const checked = await check(csv(`${topic},8,6,NORMAL`));
  expect(await rowsOf(checked.id)).toMatchObject([
    { state: "differs", stored: [{ brokerName: "broker-a", values: { QueueNums: "4" } }] },
  ]);
  const { job, rows } = await imported(checked.id);
  expect(job.state).toBe("succeeded");
  expect(rows).toMatchObject([
    {
      state: "skipped",
      code: "differs",
      detail: expect.stringContaining("broker-a: QueueNums 4, Perm 6, MessageType NORMAL, Order false"),
    },
  ]);
  const found = await onBrokers([topic]);
  expect(found["broker-a"]?.get(topic)).toMatchObject({ readQueueNums: 4 });
  expect(found["broker-b"]?.has(topic)).toBe(false);
});

test("a topic that came between the dry run and the start is not overwritten", async () => {
  const topic = named("meanwhile");
  const checked = await check(csv(`${topic},8,6,NORMAL`));
  await planned(server.client).createTopic({
    instanceId,
    topic,
    brokers: ["broker-b"],
    messageType: "FIFO",
    queues: 1,
    perm: 4,
  });
  const { rows } = await imported(checked.id);
  expect(rows).toMatchObject([
    { state: "failed", code: "TOPIC_EXISTS", data: { created: "broker-a", failed: "broker-b" } },
  ]);
  expect((await onBrokers([topic]))["broker-b"]?.get(topic)).toMatchObject({ readQueueNums: 1, perm: 4 });
});

test("rows go to the chosen brokers alone, and a second check may choose others", async () => {
  const topic = named("chosen");
  const first = await check(csv(`${topic},1,6,NORMAL`), ["broker-b"]);
  expect(first.brokers).toEqual(["broker-b"]);
  const second = await server.client.topicImport.recheck({ instanceId, checkId: first.id, brokers: ["broker-a"] });
  expect(second.id).not.toBe(first.id);
  await imported(second.id);
  const found = await onBrokers([topic]);
  expect([found["broker-a"]?.has(topic), found["broker-b"]?.has(topic)]).toEqual([true, false]);
  const third = await server.client.topicImport.recheck({ instanceId, checkId: first.id });
  expect((await rowsOf(third.id))[0]).toMatchObject({ state: "create", createOn: ["broker-b"] });
  expect((await problemOf(check(csv(`${topic},1,6,NORMAL`), ["broker-x"]))).data.issues).toEqual([
    { path: "brokers", message: "brokers.unknown" },
  ]);
});

test("an exported file imports again", async () => {
  const topics = [named("export-1"), named("export-2")];
  for (const [n, topic] of topics.entries()) {
    await planned(server.client).createTopic({
      instanceId,
      topic,
      brokers: ["broker-a", "broker-b"],
      messageType: "FIFO",
      queues: n + 2,
      perm: 4,
      remark: '=1+1, "quoted"',
    });
  }
  const file = await server.client.topic.export({ instanceId, topics });
  expect(await check(file)).toMatchObject({ counts: { create: 0, exists: 2, differs: 0, invalid: 0 } });
  for (const topic of topics) await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  const { job } = await imported((await check(file)).id);
  expect(job).toMatchObject({ state: "succeeded", ok: 2 });
  const found = await onBrokers(topics);
  expect(found["broker-b"]?.get(topics[1] ?? "")).toMatchObject({ readQueueNums: 3, perm: 4 });
});

test("an exported strictly ordered topic imports again as one, on its own broker, and on two it says why not", async () => {
  const topic = named("strict");
  const strict = { messageType: "FIFO", queues: 1, perm: 6, order: true } as const;
  await planned(server.client).createTopic({ instanceId, topic, brokers: ["broker-b"], ...strict });
  const file = await server.client.topic.export({ instanceId, topics: [topic] });
  for (const brokers of [undefined, ["broker-a"]]) {
    expect(await check(file, brokers)).toMatchObject({ counts: { create: 0, exists: 1 } });
  }
  await planned(server.client).deleteTopic({ instanceId, topic, name: topic });
  expect((await rowsOf((await check(file, ["broker-a", "broker-b"])).id))[0]).toMatchObject({
    state: "invalid",
    faults: [{ key: "orderBrokers", params: { value: "broker-a, broker-b" } }],
  });
  const { job } = await imported((await check(file)).id);
  expect(job).toMatchObject({ state: "succeeded", ok: 1 });
  const found = await onBrokers([topic]);
  expect(found["broker-a"]?.get(topic)).toBeUndefined();
  expect(found["broker-b"]?.get(topic)).toMatchObject({ order: true, readQueueNums: 1, writeQueueNums: 1 });
  const conf = await cluster.callNamesrv(namesrvRpc.getKvConfig, { namespace: "ORDER_TOPIC_CONFIG", key: topic });
  expect(conf.value).toBe("broker-b:1");
});

test("an ordered topic on several brokers is one that clients are told of whole", async () => {
  const topic = named("ordered");
  const { job } = await imported((await check(csvOf(`${topic},2,6,FIFO,true`))).id);
  expect(job).toMatchObject({ state: "succeeded", ok: 1 });
  const conf = await cluster.callNamesrv(namesrvRpc.getKvConfig, { namespace: "ORDER_TOPIC_CONFIG", key: topic });
  expect(conf.value?.split(";").sort()).toEqual(["broker-a:2", "broker-b:2"]);
});

test("groups are imported the same way", async () => {
  const file = new File([`GroupName,MaxRetryTimes\n${named("g1")},3\n${named("g2")},1001\n`], "groups.csv");
  const checked = await server.client.groupImport.check({ instanceId, file });
  expect(checked.counts).toEqual({ create: 1, exists: 0, differs: 0, invalid: 1 });
  const { jobId } = await server.client.groupImport.start({ instanceId, checkId: checked.id });
  expect((await ended(server.client, jobId)).job).toMatchObject({
    kind: "csvImport.group",
    state: "succeeded",
    ok: 1,
    skipped: 1,
  });
  const { items } = await allGroupConfigs(cluster);
  for (const { value } of items) {
    expect(value.get(named("g1"))?.config).toMatchObject({ retryMaxTimes: 3, consumeEnable: true });
    expect(value.has(named("g2"))).toBe(false);
  }
  const again = await server.client.groupImport.recheck({ instanceId, checkId: checked.id });
  expect(again.counts).toEqual({ create: 0, exists: 1, differs: 0, invalid: 1 });
});

test("the template is an import", async () => {
  const topics = await server.client.topicImport.template();
  expect(await topics.text()).toMatch(/^TopicName,QueueNums,Perm,MessageType\r\n(.+\r\n){2}$/);
  expect((await check(topics)).counts.invalid).toBe(0);
  const groups = await server.client.groupImport.template();
  expect((await server.client.groupImport.check({ instanceId, file: groups })).counts.invalid).toBe(0);
});

test("over REST a file is a part of a form, and what is wrong with it is told", async () => {
  const send = async (file: File) => {
    const body = new FormData();
    body.set("file", file);
    const response = await fetch(`${server.url}/api/instances/${instanceId}/topic-imports`, {
      method: "POST",
      headers: { cookie: server.cookie },
      body,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect(await send(csv(`${named("rest")},4,6,NORMAL`))).toMatchObject({ status: 201, body: { total: 1 } });
  expect(await send(new File([`${HEADER}\n"a,4`], "x.csv"))).toMatchObject({
    status: 400,
    body: { code: "CSV_UNREADABLE", data: { params: { line: 2, reason: "The quote in line 2 is never closed." } } },
  });
  expect(await send(new File([Buffer.alloc(6 * 1024 * 1024, "a")], "x.csv"))).toMatchObject({
    status: 413,
    body: { code: "PAYLOAD_TOO_LARGE", data: { params: { max: 5 * 1024 * 1024 } } },
  });
  expect((await problemOf(server.client.topicImport.get({ instanceId, checkId: "gone" }))).code).toBe("IMPORT_EXPIRED");
});

test("a check is there for nobody but who made it: another person is told what they are of one that never was", async () => {
  await server.deps.auth.createUser("other-importer", "good-Password-1", "administrator", false);
  const { client } = await server.signIn("other-importer", "good-Password-1");
  const { id } = await check(csv(`${named("foreign")},4,6,NORMAL`));
  const answersOf = (checkId: string) =>
    Promise.all(
      (["get", "rows", "recheck", "start"] as const).map(async (row) => {
        const { code, data } = await problemOf(client.topicImport[row]({ instanceId, checkId }));
        return { row, code, data: { ...data, requestId: undefined } };
      }),
    );
  const answers = await answersOf(id);
  expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "IMPORT_EXPIRED"));
  expect(answers).toEqual(await answersOf("never-was"));
  expect((await imported(id)).job.startedBy).toBe("admin");
});
