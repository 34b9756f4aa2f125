import { expect, test, vi } from "vitest";
import { startCluster } from "../../../sandbox/cluster.ts";
import { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { allGroupConfigs } from "../../rocketmq/admin/group-admin.ts";
import { allTopicConfigs } from "../../rocketmq/admin/topic-admin.ts";
import { changeOrderConf, readOrderConf } from "../../rocketmq/admin/order-conf.ts";
import { imported } from "../../testing/imported.ts";
import { startTestServer } from "../../testing/start-test-server.ts";

const COUNT = 100;
const numbered = (prefix: string) => Array.from({ length: COUNT }, (_, n) => `${prefix}-${n}`);

test("brokers of 4.9, which take one at a time and keep no types, get every row", async () => {
  const sandbox = await startCluster({ version: "4.9.7" });
  const server = await startTestServer();
  const cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  try {
    const { client } = server;
    const { id: instanceId } = await client.instance.register({ name: "old", namesrvAddrs: sandbox.namesrvAddrs });
    const strict = new File(["TopicName,QueueNums,Perm,MessageType,Order\nstrict,1,6,FIFO,true"], "strict.csv");
    for (let round = 0; round < 2; round++) {
      const { id: checkId, counts } = await client.topicImport.check({ instanceId, file: strict });
      expect(counts).toMatchObject({ create: 1 });
      const { rows } = await imported(client, "topicImport", { instanceId, checkId });
      expect(rows).toMatchObject([{ state: "ok", code: "notKept", detail: "broker-a: MessageType" }]);
      expect(await readOrderConf(cluster, "strict")).toBe("broker-a:1");
      // As if the name servers had not been reached.
      await changeOrderConf(cluster, "strict", () => new Map());
    }
    const topics = numbered("topic");
    const groups = numbered("group");
    const topicLines = topics.map((topic) => `${topic},2,6,FIFO`);
    const topicFile = new File([["TopicName,QueueNums,Perm,MessageType", ...topicLines].join("\n")], "topics.csv");
    const groupFile = new File([["GroupName,MaxRetryTimes", ...groups.map((g) => `${g},5`)].join("\n")], "groups.csv");
    const kinds = [
      { calls: client.topicImport, file: topicFile, told: "notKept" },
      { calls: client.groupImport, file: groupFile, told: undefined },
    ];
    for (const { calls, file, told } of kinds) {
      const checked = await calls.check({ instanceId, file });
      expect(checked.counts).toEqual({ create: COUNT, exists: 0, differs: 0, invalid: 0 });
      const { jobId } = await calls.start({ instanceId, checkId: checked.id });
      await vi.waitFor(async () => expect((await client.job.get({ jobId })).state).toBe("succeeded"), {
        timeout: 60_000,
        interval: 50,
      });
      const first = (await client.job.rows({ jobId, pageSize: 1 })).items[0];
      expect(first?.code).toBe(told);
      const again = await calls.recheck({ instanceId, checkId: checked.id });
      expect(again.counts).toEqual({ create: 0, exists: COUNT, differs: 0, invalid: 0 });
    }
    const [onBroker] = (await allTopicConfigs(cluster)).items;
    for (const topic of topics) expect(onBroker?.value.get(topic)).toMatchObject({ readQueueNums: 2, perm: 6 });
    const [groupsThere] = (await allGroupConfigs(cluster)).items;
    for (const group of groups) expect(groupsThere?.value.get(group)?.config.retryMaxTimes).toBe(5);
  } finally {
    cluster.close();
    await server.stop();
    await sandbox.stop();
  }
}, 180_000);
