import { afterEach, expect, test } from "vitest";
import { startCluster, type ClusterOptions, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { groupRpc } from "../rpc/group.ts";
import { topicRpc } from "../rpc/topic.ts";
import { RocketMQCluster } from "./cluster.ts";
import { createGroups, groupTable, writeGroup } from "../admin/group-admin.ts";
import { createTopics, topicTable, writeTopic } from "../admin/topic-admin.ts";

const TOPICS = 3000;
const PAGE = 200;
const queues = { readQueueNums: 1, writeQueueNums: 1, perm: 6, order: false };
const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

let sandbox: SandboxCluster | undefined;
let cluster: RocketMQCluster | undefined;
afterEach(async () => {
  cluster?.close();
  await sandbox?.stop();
});

async function start(options: ClusterOptions) {
  sandbox = await startCluster(options);
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: 30_000 });
  return { cluster, addr: sandbox.brokers[0]?.addr ?? "" };
}

/** How often a request was answered while `work` ran. */
async function callsOf<T>(
  of: RocketMQCluster,
  code: number,
  work: () => Promise<T>,
): Promise<{ calls: number; value: T }> {
  let calls = 0;
  const end = of.observe((call) => (calls += call.code === code ? 1 : 0));
  const value = await work();
  end();
  return { calls, value };
}

test(
  "a broker that pages is read page by page, anew when its table changed meanwhile",
  { timeout: 180_000 },
  async () => {
    const { cluster, addr } = await start({ brokerConf: { splitMetadataSize: String(PAGE) } });
    const { code } = topicRpc.getAllTopicConfig;
    const topics = numbered("paged", TOPICS);
    await createTopics(
      cluster,
      addr,
      topics.map((topic) => ({ topic, ...queues })),
    );

    const whole = (await cluster.call(topicRpc.getAllTopicConfig, addr, {})).topicConfigTable;
    const read = await callsOf(cluster, code, () => topicTable(cluster, addr));
    expect(read.value).toEqual(whole);
    expect(read.value.size).toBeGreaterThan(TOPICS);
    expect(read.calls).toBe(Math.ceil(whole.size / PAGE));

    const narrow = new RocketMQCluster({ namesrvAddrs: cluster.namesrvAddrs, remoting: { maxFrameLength: 100_000 } });
    await expect(narrow.call(topicRpc.getAllTopicConfig, addr, {})).rejects.toMatchObject({ code: "NOT_ROCKETMQ" });
    expect((await topicTable(narrow, addr)).size).toBe(whole.size);
    narrow.close();

    let written = false;
    const invoke = cluster.remoting.invoke.bind(cluster.remoting);
    cluster.remoting.invoke = async (address, request, options) => {
      if (request.extFields?.["topicSeq"] === String(PAGE) && !written) {
        written = true;
        await writeTopic(cluster, addr, { topic: "0-between", ...queues });
      }
      return invoke(address, request, options);
    };
    const changed = await callsOf(cluster, code, () => topicTable(cluster, addr));
    expect(changed.value.has("0-between")).toBe(true);
    expect(changed.value.size).toBe(whole.size + 1);
    expect(changed.calls).toBeGreaterThan(read.calls);

    const groups = numbered("paged-group", PAGE * 2);
    await createGroups(
      cluster,
      addr,
      groups.map((groupName) => ({ groupName, patch: {} })),
    );
    const readGroups = await callsOf(cluster, groupRpc.getAllSubscriptionGroupConfig.code, () =>
      groupTable(cluster, addr),
    );
    expect([...readGroups.value.keys()]).toEqual(expect.arrayContaining(groups));
    expect(readGroups.calls).toBe(3);
  },
);

test.each(["5.5.0", "4.9.7"] as const)(
  "few topics and groups of a %s broker take one call each",
  { timeout: 120_000 },
  async (version) => {
    const { cluster, addr } = await start({ version });
    await writeTopic(cluster, addr, { topic: "few", ...queues });
    await writeGroup(cluster, addr, { groupName: "few-group", patch: {} });
    const topics = await callsOf(cluster, topicRpc.getAllTopicConfig.code, () => topicTable(cluster, addr));
    expect([topics.calls, topics.value.has("few")]).toEqual([1, true]);
    const groups = await callsOf(cluster, groupRpc.getAllSubscriptionGroupConfig.code, () => groupTable(cluster, addr));
    expect([groups.calls, groups.value.has("few-group")]).toEqual([1, true]);
  },
);
