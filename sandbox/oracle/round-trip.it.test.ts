import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse } from "csv-parse/sync";
import { startTestServer, type TestServer } from "../../bff/testing/start-test-server.ts";
import { planned } from "../../bff/testing/planned.ts";
import { type SandboxCluster, startCluster } from "../cluster.ts";
import { until } from "./data/until.ts";
import type { TopicConfig } from "./calls.ts";
import { type Argument, type Oracle, startOracle } from "./oracle.ts";
import { mastersOf, readGroups, readTopics } from "./scene.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** A cluster, and the official tools asked about it. */
interface Side {
  cluster: SandboxCluster;
  oracle: Oracle;
  instanceId: string;
}

let server: TestServer;
let from: Side;
let to: Side;

async function side(name: string): Promise<Side> {
  const cluster = await startCluster({ name, masters: 2 });
  const { namesrvAddrs } = cluster;
  const oracle = await startOracle({ version: cluster.version, namesrvAddrs });
  const { id } = await server.client.instance.register({ name, namesrvAddrs });
  return { cluster, oracle, instanceId: id };
}

beforeAll(async () => {
  server = await startTestServer();
  [from, to] = await Promise.all([side("from"), side("to")]);
  await fill(from);
});

afterAll(async () => {
  await server?.stop();
  for (const one of [from, to]) {
    await one?.oracle.stop();
    await one?.cluster.stop();
  }
});

const LONG = "x".repeat(100);
const REMARK = '=cmd|"quoted", and\nof two lines; ending';
const QUEUES = { readQueueNums: 4, writeQueueNums: 4, perm: 6 };
/** What the official tools make, on the first broker alone or on both, alike or not. */
const TOPICS: Record<string, Record<string, Argument>[]> = {
  plain: [QUEUES, QUEUES],
  "one-broker": [{ ...QUEUES, perm: 4 }],
  "read-more": [{ ...QUEUES, readQueueNums: 6, writeQueueNums: 2 }, QUEUES],
  "not-alike": [
    { ...QUEUES, perm: 4 },
    { ...QUEUES, perm: 2, attributes: { "+message.type": "DELAY" } },
  ],
  transactional: [{ ...QUEUES, attributes: { "+message.type": "TRANSACTION" } }],
  compacted: [{ ...QUEUES, attributes: { "+message.type": "NORMAL", "+cleanup.policy": "COMPACTION" } }],
  unit: [{ ...QUEUES, topicSysFlag: 3 }],
  ordered: [
    { ...QUEUES, order: true, attributes: { "+message.type": "FIFO" } },
    { ...QUEUES, order: true, attributes: { "+message.type": "FIFO" } },
  ],
  // What the console makes none of.
  "NS1%topic": [QUEUES],
  "to|pay": [QUEUES],
  [LONG]: [QUEUES, QUEUES],
  "many-queues": [{ ...QUEUES, readQueueNums: 16, writeQueueNums: 16 }],
  "%RETRY%strict": [QUEUES, QUEUES],
  "%DLQ%strict": [{ ...QUEUES, readQueueNums: 1, writeQueueNums: 1 }],
};
const NOT_MADE = ["NS1%topic", "to|pay", LONG, "many-queues", "%RETRY%strict", "%DLQ%strict"];
const GROUPS: Record<string, Record<string, Argument>[]> = {
  plain: [{}, {}],
  strict: [
    { consumeMessageOrderly: true, retryMaxTimes: 3, consumeEnable: false },
    { consumeMessageOrderly: true, retryMaxTimes: 5, consumeBroadcastEnable: false },
  ],
  "slow-down": [
    {
      groupRetryPolicy: {
        type: "EXPONENTIAL",
        exponentialRetryPolicy: { initial: 500, max: 90_000, multiplier: 3 },
      },
      retryQueueNums: 2,
      consumeFromMinEnable: false,
      whichBrokerWhenConsumeSlowly: 2,
      notifyConsumerIdsChangedEnable: false,
      brokerId: 3,
      groupSysFlag: 1,
      consumeTimeoutMinute: 30,
    },
  ],
  steps: [{ groupRetryPolicy: { type: "CUSTOMIZED", customizedRetryPolicy: { next: [1000, 60_000] } } }, {}],
  "NS1%group": [{}],
};

async function fill({ cluster, oracle, instanceId }: Side): Promise<void> {
  const masters = await mastersOf(oracle, cluster.clusterName);
  for (const [topicName, configs] of Object.entries(TOPICS)) {
    for (const [n, config] of configs.entries()) {
      await oracle.ask("createAndUpdateTopicConfig", [masters[n]?.addr ?? "", { topicName, ...config }]);
    }
  }
  await oracle.ask("createOrUpdateOrderConf", ["ordered", "broker-a:4;broker-b:4", true]);
  for (const [groupName, configs] of Object.entries(GROUPS)) {
    for (const [n, config] of configs.entries()) {
      await oracle.ask("createAndUpdateSubscriptionGroupConfig", [masters[n]?.addr ?? "", { groupName, ...config }]);
    }
  }
  const remark = REMARK;
  await server.client.topic.list({ instanceId, fresh: true });
  await server.client.group.list({ instanceId, fresh: true });
  await planned(server.client).updateTopic({ instanceId, topic: "plain", remark });
  await planned(server.client).updateGroup({ instanceId, group: "strict", remark });
}

const files = ({ instanceId }: Side) => ({
  topics: server.client.topic.export({ instanceId }),
  groups: server.client.group.export({ instanceId }),
});

/** Rows of an export but where its brokers are. */
async function rowsOf(file: Promise<File>): Promise<Record<string, string>[]> {
  const rows = parse<Record<string, string>>(await (await file).text(), { bom: true, columns: true });
  return rows.map(({ ClusterName: _, BrokerAddr: __, ...row }) => row);
}

async function imported(calls: TestServer["client"]["topicImport"], { instanceId }: Side, file: File) {
  const checked = await calls.check({ instanceId, file });
  const { items } = await calls.rows({ instanceId, checkId: checked.id, pageSize: 200 });
  const { jobId } = await calls.start({ instanceId, checkId: checked.id });
  await until("the import has ended", async () => (await server.client.job.get({ jobId })).finishedAt !== null);
  const job = await server.client.job.get({ jobId });
  expect(job).toMatchObject({ state: "succeeded", ok: checked.counts.create, failed: 0 });
  return { checked, rows: items };
}

test("every row of an export is there already, whatever is called how and set to what", async () => {
  const { topics, groups } = files(from);
  const place = { instanceId: from.instanceId };
  const topicCheck = await server.client.topicImport.check({ ...place, file: await topics });
  expect(topicCheck.counts).toEqual({ create: 0, exists: topicCheck.total, differs: 0, invalid: 0 });
  expect(topicCheck.ignoredColumns).toEqual(["ClusterName", "BrokerAddr"]);
  const { items } = await server.client.topicImport.rows({ ...place, checkId: topicCheck.id, pageSize: 200 });
  expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining([...Object.keys(TOPICS), "TBW102", "broker-a"]));
  const groupCheck = await server.client.groupImport.check({ ...place, file: await groups });
  expect(groupCheck.counts).toEqual({ create: 0, exists: groupCheck.total, differs: 0, invalid: 0 });
});

/** Without an attribute a topic is a normal one to RocketMQ. */
const typed = (configs: ReadonlyMap<string, TopicConfig> | undefined) =>
  [...(configs ?? [])].map(([brokerName, config]) => {
    const attributes = new Map([["message.type", "NORMAL"], ...(config.attributes ?? [])]);
    return [brokerName, { ...config, attributes }];
  });

test("on an empty cluster an export makes the same topics, and says which it does not make and why", async () => {
  const names = Object.keys(TOPICS);
  const file = await server.client.topic.export({ instanceId: from.instanceId, topics: names });
  const { checked, rows } = await imported(server.client.topicImport, to, file);
  const invalid = rows.filter(({ state }) => state === "invalid");
  expect(invalid.map(({ name }) => name).sort()).toEqual([...NOT_MADE].sort());
  expect(Object.fromEntries(invalid.map(({ name, faults }) => [name, faults.map(({ key }) => key)]))).toMatchObject({
    "NS1%topic": ["name.characters"],
    [LONG]: ["name.tooLong"],
    "many-queues": ["queues", "queues"],
    "%RETRY%strict": ["name.ofGroup"],
    "%DLQ%strict": ["name.ofGroup"],
  });
  expect(checked.counts.differs).toBe(0);

  const made = names.filter((name) => !NOT_MADE.includes(name));
  const [before, after] = await Promise.all(
    [from, to].map(async ({ cluster, oracle }) => {
      const configs = await readTopics(oracle, await mastersOf(oracle, cluster.clusterName));
      const order = await oracle.ask("getKVConfig", ["ORDER_TOPIC_CONFIG", "ordered"]);
      return { order: order?.split(";").sort(), topics: made.map((name) => [name, typed(configs.get(name))]) };
    }),
  );
  expect(after).toEqual(before);
  const again = await Promise.all(
    [from, to].map(({ instanceId }) => rowsOf(server.client.topic.export({ instanceId, topics: made }))),
  );
  expect(again[1]).toEqual(again[0]);
  expect(again[1]?.find(({ TopicName }) => TopicName === "plain")?.["Remark"]).toContain("and\nof two lines");
});

test("on an empty cluster an export makes the same groups", async () => {
  const names = Object.keys(GROUPS);
  const file = await server.client.group.export({ instanceId: from.instanceId, groups: names });
  const { rows } = await imported(server.client.groupImport, to, file);
  expect(rows.filter(({ state }) => state !== "create").map(({ name }) => name)).toEqual(["NS1%group"]);
  const made = names.filter((name) => name !== "NS1%group");
  const [before, after] = await Promise.all(
    [from, to].map(async ({ cluster, oracle }) => {
      const configs = await readGroups(oracle, await mastersOf(oracle, cluster.clusterName));
      return made.map((name) => [name, configs.get(name)]);
    }),
  );
  expect(after).toEqual(before);
  const again = await Promise.all(
    [from, to].map(({ instanceId }) => rowsOf(server.client.group.export({ instanceId, groups: made }))),
  );
  expect(again[1]).toEqual(again[0]);
});
