import { MESSAGE_TYPES } from "#contract/rules/topic.ts";
import { has5x } from "../../jars.ts";
import type { ApiClient } from "../../../bff/testing/start-test-server.ts";
import type { MessageExt, TopicConfig } from "../calls.ts";
import { until } from "../data/until.ts";
import type { Judge, Sides } from "../judge.ts";
import { readGroups, readTopics, type Scene } from "../scene.ts";
import { byKey, type Cell, type Sheet } from "../sheet.ts";
import { judgeCommands } from "./commands.ts";
import { groupRow, progressOf } from "./groups.ts";
import type { Clients } from "../data/clients.ts";
import { judgeExpired, judgeResetCommands, judgeResets } from "./offset-writes.ts";
import { judgeOnlineResets } from "./online-resets.ts";
import { HALF_TOPIC, type Pulled, pullTopic, uniqueIdOf } from "./messages.ts";
import { judgePushes } from "./pushes.ts";
import { planned } from "../../../bff/testing/planned.ts";

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
    await planned(api).createTopic({ instanceId, topic, brokers, messageType, queues, perm });
    const kept = { order: false, messageType: typeKept(sides, messageType), ...PLAIN };
    const settings = { readQueues: queues, writeQueues: queues, perm, ...kept };
    await left(judge, "create a topic", topic, everyBroker(scene, settings), () => topicOn(sides, scene, topic));
  }
  const [first = ""] = brokers;
  const order = "w-order";
  await planned(api).createTopic({
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
  await planned(api).updateTopic({ instanceId, topic: "w-normal", ...changed });
  const after = { ...changed, order: false, messageType: typeKept(sides, "NORMAL"), ...PLAIN };
  await left(judge, "change a topic", "w-normal", everyBroker(scene, after), () => topicOn(sides, scene, "w-normal"));
  await planned(api).deleteTopic({ instanceId, topic: "w-delay", name: "w-delay" });
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
    await planned(api).createGroup({ instanceId, group, brokers, retryMaxTimes: 7, retryPolicy });
    const expected = row({ ...DEFAULTS, retryMaxTimes: 7 }, keeps ? kept : null);
    await left(judge, "create a group", group, expected, () => found(group));
  }
  const changed = { consumeEnable: false, broadcastEnable: false, retryMaxTimes: 0 };
  await planned(api).updateGroup({ instanceId, group: "w-g-default", ...changed });
  await left(
    judge,
    "change a group",
    "w-g-default",
    row({ ...DEFAULTS, ...changed }, keeps ? { type: "default" } : null),
    () => found("w-g-default"),
  );
  await keepsOthers(judge, scene);
  await planned(api).deleteGroup({ instanceId, group: "w-g-custom", name: "w-g-custom" });
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
  await planned(api).updateGroup({ instanceId, group: groupName, retryMaxTimes: 5 });
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

const CONTENT = { body: "dial test – 拨测", tags: "DIAL", keys: "D1 D2", own: "value" };
const contentOf = ({ body, properties }: MessageExt): Sheet => ({
  body: Buffer.from(body ?? "", "base64").toString(),
  tags: properties.get("TAGS"),
  keys: properties.get("KEYS"),
  own: properties.get("own"),
});

/** Sends messages of one content in a dial test; the rows of its job. */
async function produce(sides: Sides, test: Omit<Parameters<ApiClient["dialTest"]["produce"]>[0], "instanceId">) {
  const { api, instanceId } = sides;
  const { body, tags: tag, keys, own } = CONTENT;
  const { jobId } = await api.dialTest.produce({ instanceId, tag, keys, body, properties: { own }, ...test });
  await ended(sides, jobId);
  return (await api.job.rows({ jobId, pageSize: 100 })).items;
}

type Rows = Awaited<ReturnType<typeof produce>>;
const idsOf = (rows: Rows) => rows.map(({ data }) => String(data?.["msgId"]));

/** Those of a dial test among the messages of a topic. */
const ownIn = async (sides: Sides, topic: string, rows: Rows): Promise<Pulled[]> => {
  const ids = new Set(idsOf(rows));
  return (await pullTopic(sides, topic, 100)).filter(({ message }) => ids.has(uniqueIdOf(message)));
};

const SENT = 3;

/** Delayed messages wait in the queue of their level and arrive as they were sent. */
async function delayed(judge: Judge): Promise<void> {
  const { sides } = judge;
  const topic = "t-delayed";
  const rows = await produce(sides, { topic, messageType: "DELAY", delayLevel: 1, count: SENT });
  await until("delayed messages have arrived", async () => (await ownIn(sides, topic, rows)).length === SENT);
  const asked = { waited: { level: "1", queueId: 0, goesTo: topic, ...CONTENT }, arrived: CONTENT };
  await left(
    judge,
    "produce delayed",
    topic,
    byKey(idsOf(rows), String, () => asked),
    async () => {
      const waited = await ownIn(sides, "SCHEDULE_TOPIC_XXXX", rows);
      const arrived = new Map((await ownIn(sides, topic, rows)).map(({ message }) => [uniqueIdOf(message), message]));
      return byKey(
        waited,
        ({ message }) => uniqueIdOf(message),
        ({ message }) => {
          const { queueId, properties } = message;
          const found = arrived.get(uniqueIdOf(message));
          return {
            waited: {
              level: properties.get("DELAY"),
              queueId,
              goesTo: properties.get("REAL_TOPIC"),
              ...contentOf(message),
            },
            arrived: found && contentOf(found),
          };
        },
      );
    },
  );
}

/** Offsets of half messages of which the broker noted the end, whichever it was. */
async function endedHalves(sides: Sides): Promise<ReadonlySet<string>> {
  const notes = await pullTopic(sides, "RMQ_SYS_TRANS_OP_HALF_TOPIC", 100);
  return new Set(
    notes.flatMap(({ brokerName, message }) =>
      Buffer.from(message.body ?? "", "base64")
        .toString()
        .split(",")
        .map((offset) => `${brokerName} ${offset}`),
    ),
  );
}

/** Where each of a dial test's messages in a transaction is: half, and arrived once it is committed. */
async function transactions(judge: Judge): Promise<void> {
  const { sides } = judge;
  const topic = "w-transaction";
  // Before 5.0 no name server routes to half messages, so that the official consumer sees only what is committed.
  const showsHalves = has5x(sides.version);
  for (const outcome of showsHalves ? (["commit", "rollback"] as const) : (["commit"] as const)) {
    const rows = await produce(sides, { topic, messageType: "TRANSACTION", outcome, count: SENT });
    const ownHalves = () => ownIn(sides, HALF_TOPIC, rows);
    if (showsHalves) await until("half messages are in their queues", async () => (await ownHalves()).length === SENT);
    const halves = showsHalves ? await ownHalves() : [];
    await until(`the broker noted each ${outcome}`, async () => {
      if (!showsHalves) return (await ownIn(sides, topic, rows)).length === SENT;
      const noted = await endedHalves(sides);
      return halves.every(({ brokerName, message }) => noted.has(`${brokerName} ${message.queueOffset}`));
    });
    const byId = (messages: readonly Pulled[], of: (message: MessageExt) => Sheet) =>
      byKey(
        messages,
        ({ message }) => uniqueIdOf(message),
        ({ message }) => of(message),
      );
    const asked = (content: Sheet) => byKey(idsOf(rows), String, () => content);
    const arrived = outcome === "commit" ? asked(CONTENT) : {};
    const half = showsHalves ? asked({ goesTo: topic, ...CONTENT }) : {};
    await left(judge, "produce in a transaction", outcome, { half, arrived }, async () => ({
      half: byId(halves, (message) => ({ goesTo: message.properties.get("REAL_TOPIC"), ...contentOf(message) })),
      arrived: byId(await ownIn(sides, topic, rows), contentOf),
    }));
  }
}

/** Messages of a dial test as the official consumer pulls them, and what a consuming one commits. */
async function dialTests(judge: Judge, scene: Scene): Promise<void> {
  const { sides } = judge;
  const { api, instanceId } = sides;
  const topic = "w-fifo";
  const rows = await produce(sides, { topic, messageType: "FIFO", count: 5, shardingKey: "s" });
  // A broker answers a send before its queues have the message.
  await until("messages are in their queues", async () => (await pullTopic(sides, topic, 100)).length >= rows.length);
  const pulled = await pullTopic(sides, topic, 100);
  const asked = rows.map(({ data }): [string, Sheet] => [
    String(data?.["msgId"]),
    {
      offsetMsgId: String(data?.["offsetMsgId"]),
      place: ["brokerName", "queueId", "queueOffset"].map((key) => String(data?.[key])).join(" "),
      ...CONTENT,
      shardingKey: "s",
    },
  ]);
  await left(judge, "produce", topic, Object.fromEntries(asked), () =>
    Promise.resolve(
      byKey(
        pulled,
        ({ message: found }) => uniqueIdOf(found),
        ({ message: found, brokerName }) => ({
          offsetMsgId: found.msgId,
          place: `${brokerName} ${found.queueId} ${found.queueOffset}`,
          ...contentOf(found),
          shardingKey: found.properties.get("__SHARDINGKEY"),
        }),
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
  await planned(api).setRetention({ instanceId, hours: 96 });
  for (const { brokerName, addr } of scene.masters) {
    await left(judge, "retention", brokerName, { fileReservedTime: "96" }, async () => ({
      fileReservedTime: (await oracle.ask("getBrokerConfig", [addr])).get("fileReservedTime"),
    }));
  }
}

/** Every write of the console and what it leaves on the brokers; only for clusters of our own. */
export async function judgeWrites(judge: Judge, scene: Scene, clients: Clients): Promise<void> {
  // Those online mostly wait.
  await Promise.all([
    oneByOne(judge, scene),
    judgeOnlineResets(judge, scene, clients),
    judgePushes(judge, scene, clients),
  ]);
  // It has the brokers delete most of what there is.
  await judgeExpired(judge, scene, clients);
}

async function oneByOne(judge: Judge, scene: Scene): Promise<void> {
  await topics(judge, scene);
  await groups(judge, scene);
  await imports(judge, scene);
  await dialTests(judge, scene);
  await delayed(judge);
  await transactions(judge);
  await retention(judge, scene);
  await judgeResets(judge, scene);
  await judgeResetCommands(judge, scene);
  await judgeCommands(judge, scene);
}
