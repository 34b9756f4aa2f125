import { MESSAGE_TYPES } from "#contract/rules.ts";
import { has5x } from "../../jars.ts";
import type { TopicConfig } from "../calls.ts";
import { until } from "../data/until.ts";
import type { Judge, Sides } from "../judge.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import type { Cell, Sheet } from "../sheet.ts";
import { groupRow, progressOf } from "./groups.ts";
import { pullTopic, uniqueIdOf } from "./messages.ts";

/** What the official tools find after a write of the console, against what was asked for. */
async function left(judge: Judge, what: string, subject: string, asked: Sheet, found: () => Promise<Sheet>) {
  await judge.compare({ what: `Writes: ${what}`, subject, console: () => Promise.resolve(asked), oracle: found });
}

const everyBroker = (scene: Scene, of: Cell | Sheet): Sheet =>
  Object.fromEntries(scene.masters.map(({ brokerName }) => [brokerName, of]));

const settingsOf = (config: TopicConfig): Sheet => ({
  readQueues: config.readQueueNums,
  writeQueues: config.writeQueueNums,
  perm: config.perm,
  order: config.order,
  messageType: config.attributes?.get("message.type") ?? null,
  topicFilterType: config.topicFilterType,
  topicSysFlag: config.topicSysFlag,
});

async function topicOn({ oracle }: Sides, scene: Scene, topic: string): Promise<Sheet> {
  const configs = (await readTopics(oracle, scene.masters)).get(topic) ?? new Map<string, TopicConfig>();
  return Object.fromEntries([...configs].map(([brokerName, config]) => [brokerName, settingsOf(config)]));
}

/** Before 5.0 brokers keep no type. */
const typeKept = ({ oracle }: Sides, messageType: string) => (has5x(oracle.version) ? messageType : null);

const PLAIN = { topicFilterType: "SINGLE_TAG", topicSysFlag: 0 };
const brokersOf = ({ masters }: Scene) => masters.map(({ brokerName }) => brokerName);

async function topics(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const { api, instanceId } = sides;
  const brokers = brokersOf(scene);
  for (const [n, messageType] of MESSAGE_TYPES.entries()) {
    const topic = `w-${messageType.toLowerCase()}`;
    const queues = n + 1;
    const perm = messageType === "NORMAL" ? 4 : 6;
    await api.topic.create({ instanceId, topic, brokers, messageType, queues, perm });
    const kept = { order: false, messageType: typeKept(sides, messageType), ...PLAIN };
    const settings = { readQueues: queues, writeQueues: queues, perm, ...kept };
    await left(judge, "create a topic", topic, everyBroker(scene, settings), () => topicOn(sides, scene, topic));
  }
  const [first = ""] = brokers;
  const order = "w-order";
  await api.topic.create({
    instanceId,
    topic: order,
    brokers: [first],
    messageType: "FIFO",
    queues: 1,
    perm: 6,
    order: true,
  });
  const ordered = {
    readQueues: 1,
    writeQueues: 1,
    perm: 6,
    order: true,
    messageType: typeKept(sides, "FIFO"),
    ...PLAIN,
  };
  await left(judge, "create an ordered topic", order, { [first]: ordered }, () => topicOn(sides, scene, order));
  await left(judge, "order configuration", order, { value: `${first}:1` }, async () => ({
    value: await sides.oracle.ask("getKVConfig", ["ORDER_TOPIC_CONFIG", order]),
  }));
  const changed = { readQueues: 6, writeQueues: 5, perm: 6 } as const;
  await api.topic.update({ instanceId, topic: "w-normal", ...changed });
  const after = { ...changed, order: false, messageType: typeKept(sides, "NORMAL"), ...PLAIN };
  await left(judge, "change a topic", "w-normal", everyBroker(scene, after), () => topicOn(sides, scene, "w-normal"));
  await api.topic.delete({ instanceId, topic: "w-delay", name: "w-delay" });
  await left(judge, "delete a topic", "w-delay", { routed: false }, async () => ({
    ...(await topicOn(sides, scene, "w-delay")),
    routed: (await sides.oracle.ask("fetchAllTopicList", [])).topicList.includes("w-delay"),
  }));
}

const DEFAULTS = { consumeEnable: true, broadcastEnable: true, ordered: false, retryMaxTimes: 16 };

async function groups(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const { api, instanceId, oracle } = sides;
  const brokers = brokersOf(scene);
  const found = async (group: string) => groupRow((await readGroups(oracle, scene.masters)).get(group) ?? new Map());
  const row = (settings: typeof DEFAULTS, retryPolicy: Cell | Sheet): Sheet => ({
    brokers: everyBroker(scene, { ...settings, retryPolicy }),
    ...settings,
  });
  const policies = {
    "w-g-default": { asked: { type: "default" }, kept: { type: "default" } },
    "w-g-custom": {
      asked: { type: "custom", delays: [1000, 60_000, 86_400_000] },
      kept: { type: "custom", delays: "1000,60000,86400000" },
    },
    "w-g-exponential": {
      asked: { type: "exponential", initial: 500, max: 90_000, multiplier: 3 },
      kept: { type: "exponential", initial: "500", max: "90000", multiplier: "3" },
    },
  } as const;
  const keeps = (await api.group.options({ instanceId })).brokers.every(({ keepsRetryPolicy }) => keepsRetryPolicy);
  for (const [group, { asked, kept }] of Object.entries(policies)) {
    const retryPolicy = keeps ? (asked.type === "custom" ? { ...asked, delays: [...asked.delays] } : asked) : undefined;
    await api.group.create({ instanceId, group, brokers, retryMaxTimes: 7, retryPolicy });
    const expected = row({ ...DEFAULTS, retryMaxTimes: 7 }, keeps ? kept : null);
    await left(judge, "create a group", group, expected, () => found(group));
  }
  const changed = { consumeEnable: false, broadcastEnable: false, retryMaxTimes: 0 };
  await api.group.update({ instanceId, group: "w-g-default", ...changed });
  await left(
    judge,
    "change a group",
    "w-g-default",
    row({ ...DEFAULTS, ...changed }, keeps ? { type: "default" } : null),
    () => found("w-g-default"),
  );
  await keepsOthers(judge, scene);
  await api.group.delete({ instanceId, group: "w-g-custom", name: "w-g-custom" });
  await left(judge, "delete a group", "w-g-custom", { brokers: 0 }, async () => ({
    brokers: (await readGroups(oracle, scene.masters)).get("w-g-custom")?.size ?? 0,
  }));
}

/** What others set and the console does not show stays when it changes something else. */
async function keepsOthers(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const groupName = "w-g-others";
  const others = { consumeFromMinEnable: false, whichBrokerWhenConsumeSlowly: 3, retryQueueNums: 2 };
  for (const { addr } of scene.masters) {
    await oracle.ask("createAndUpdateSubscriptionGroupConfig", [addr, { groupName, ...others }]);
  }
  await api.group.list({ instanceId, fresh: true });
  await api.group.update({ instanceId, group: groupName, retryMaxTimes: 5 });
  const kept = { consumeFromMinEnable: false, whichBrokerWhenConsumeSlowly: "3", retryQueueNums: 2, retryMaxTimes: 5 };
  await left(judge, "keep what others set", groupName, everyBroker(scene, kept), async () => {
    const configs = (await readGroups(oracle, scene.masters)).get(groupName) ?? new Map();
    return Object.fromEntries(
      [...configs].map(([brokerName, config]) => [
        brokerName,
        {
          consumeFromMinEnable: config.consumeFromMinEnable,
          whichBrokerWhenConsumeSlowly: config.whichBrokerWhenConsumeSlowly,
          retryQueueNums: config.retryQueueNums,
          retryMaxTimes: config.retryMaxTimes,
        },
      ]),
    );
  });
}

const ended = ({ api }: Sides, jobId: string) =>
  until(`job ${jobId} has ended`, async () => (await api.job.get({ jobId })).finishedAt !== null);

const csv = (name: string, ...lines: string[]) => new File([lines.join("\r\n")], name, { type: "text/csv" });

async function imports(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const { api, instanceId, oracle } = sides;
  const topicFile = csv("topics.csv", "TopicName,QueueNums,Perm,MessageType", "i-normal,3,6,NORMAL", "i-fifo,1,4,FIFO");
  const topicCheck = await api.topicImport.check({ instanceId, file: topicFile });
  await ended(sides, (await api.topicImport.start({ instanceId, checkId: topicCheck.id })).jobId);
  for (const [topic, queues, perm, messageType] of [
    ["i-normal", 3, 6, "NORMAL"],
    ["i-fifo", 1, 4, "FIFO"],
  ] as const) {
    const kept = { order: false, messageType: typeKept(sides, messageType), ...PLAIN };
    const settings = { readQueues: queues, writeQueues: queues, perm, ...kept };
    await left(judge, "import topics", topic, everyBroker(scene, settings), () => topicOn(sides, scene, topic));
  }
  const groupFile = csv("groups.csv", "GroupName,MaxRetryTimes", "i-g-one,1", "i-g-none,0");
  const groupCheck = await api.groupImport.check({ instanceId, file: groupFile });
  await ended(sides, (await api.groupImport.start({ instanceId, checkId: groupCheck.id })).jobId);
  for (const [group, retryMaxTimes] of [
    ["i-g-one", 1],
    ["i-g-none", 0],
  ] as const) {
    await left(judge, "import groups", group, everyBroker(scene, retryMaxTimes), async () => {
      const configs = (await readGroups(oracle, scene.masters)).get(group) ?? new Map();
      return Object.fromEntries([...configs].map(([brokerName, config]) => [brokerName, config.retryMaxTimes]));
    });
  }
}

/** Messages of a dial test as the official consumer pulls them, and what a consuming one commits. */
async function dialTests(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const { api, instanceId } = sides;
  const topic = "w-fifo";
  const body = "dial test – 拨测";
  const message = { tag: "DIAL", keys: "D1 D2", body, shardingKey: "s", properties: { own: "value" } };
  const { jobId } = await api.dialTest.produce({ instanceId, topic, messageType: "FIFO", count: 5, ...message });
  await ended(sides, jobId);
  const pulled = await pullTopic(sides, topic, 100);
  const rows = (await api.job.rows({ jobId, pageSize: 100 })).items;
  const asked = rows.map(({ data }): [string, Sheet] => [
    String(data?.["msgId"]),
    {
      offsetMsgId: String(data?.["offsetMsgId"]),
      place: ["brokerName", "queueId", "queueOffset"].map((key) => String(data?.[key])).join(" "),
      body,
      tags: "DIAL",
      keys: "D1 D2",
      shardingKey: "s",
      own: "value",
    },
  ]);
  await left(judge, "produce", topic, Object.fromEntries(asked), () =>
    Promise.resolve(
      Object.fromEntries(
        pulled.map(({ message: found, brokerName }) => [
          uniqueIdOf(found),
          {
            offsetMsgId: found.msgId,
            place: `${brokerName} ${found.queueId} ${found.queueOffset}`,
            body: Buffer.from(found.body ?? "", "base64").toString(),
            tags: found.properties.get("TAGS"),
            keys: found.properties.get("KEYS"),
            shardingKey: found.properties.get("__SHARDINGKEY"),
            own: found.properties.get("own"),
          },
        ]),
      ),
    ),
  );
  const group = "w-g-exponential";
  const consumed = await api.dialTest.consume({ instanceId, topic, group, from: "earliest", count: 5, commit: true });
  await ended(sides, consumed.jobId);
  await left(judge, "consume", `${group} ${topic}`, { committed: pulled.length }, async () => ({
    committed: await committedOf(sides, scene, group, topic),
  }));
}

async function committedOf({ oracle }: Sides, scene: Scene, group: string, topic: string): Promise<number> {
  const offsets = await progressOf(oracle, scene.masters, group, topic);
  return offsets.reduce((sum, [, { consumerOffset }]) => sum + Number(consumerOffset), 0);
}

async function retention(judge: Judge, scene: Scene): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  await api.instance.setRetention({ instanceId, hours: 96 });
  for (const { brokerName, addr } of scene.masters) {
    await left(judge, "retention", brokerName, { fileReservedTime: "96" }, async () => ({
      fileReservedTime: (await oracle.ask("getBrokerConfig", [addr])).get("fileReservedTime"),
    }));
  }
}

/** Every write of the console and what it leaves on the brokers; only for clusters of our own. */
export async function judgeWrites(judge: Judge, scene: Scene): Promise<void> {
  await topics(judge, scene);
  await groups(judge, scene);
  await imports(judge, scene);
  await dialTests(judge, scene);
  await retention(judge, scene);
}
