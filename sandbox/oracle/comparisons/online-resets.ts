import { planned } from "../../../bff/testing/planned.ts";
import { has5x } from "../../jars.ts";
import type { Clients, ConsumerPlan } from "../data/clients.ts";
import { writeTopic } from "../data/topics.ts";
import { until } from "../data/until.ts";
import type { Judge, Sides } from "../judge.ts";
import type { Scene } from "../scene.ts";
import { progressOf } from "./groups.ts";

const QUEUES = 2;
/** In each queue, before the time of the reset and again after it. */
const MESSAGES = 3;

/** Groups whose clients are online, by how they consume. */
const KINDS: Record<string, Omit<ConsumerPlan, "group" | "topics"> & { pops?: boolean; ordered?: boolean }> = {
  concurrent: {},
  orderly: { listener: "Orderly", ordered: true },
  pop: { pops: true, properties: { clientRebalance: false } },
  "pop-orderly": { listener: "Orderly", ordered: true, pops: true, properties: { clientRebalance: false } },
};

/** Brokers before 5.2 do not move offsets by themselves: clients that pop do not heed what those tell, and clients in order may lose it. */
const movesOffsets = ({ version }: Sides) => !["4.9.7", "5.1.4"].includes(version);

/** Sends to each queue and waits until the brokers tell of it. */
async function fill({ oracle }: Sides, { masters }: Scene, clients: Clients, topic: string): Promise<void> {
  const stored = async () =>
    (await oracle.ask("examineTopicStats", [topic])).offsetTable.reduce(
      (sum, [, { maxOffset }]) => sum + Number(maxOffset),
      0,
    );
  const producer = await clients.producer(`p-${topic}`);
  const all = (await stored()) + masters.length * QUEUES * MESSAGES;
  for (const { brokerName } of masters)
    for (let queueId = 0; queueId < QUEUES; queueId++)
      for (let n = 0; n < MESSAGES; n++) await producer.send({ topic, body: `${n}` }, { topic, brokerName, queueId });
  await until(`${topic} has ${all} messages`, async () => (await stored()) === all);
}

/** A group that is online is moved to a time: its clients consume again exactly as many messages as the plan says. */
async function judgeKind(judge: Judge, scene: Scene, clients: Clients, kind: string): Promise<void> {
  const { sides } = judge;
  const { api, instanceId, oracle } = sides;
  const { pops = false, ordered = false, ...plan } = KINDS[kind] ?? {};
  const [topic, group] = [`w-online-${kind}`, `w-g-online-${kind}`];
  await writeTopic(oracle, scene.masters, topic, { queues: QUEUES });
  await until(`${topic} is routed`, async () => {
    const route = await oracle.ask("examineTopicRouteInfo", [topic]).catch(() => undefined);
    return route?.queueDatas.length === scene.masters.length;
  });
  const brokers = scene.masters.map(({ brokerName }) => brokerName);
  await planned(api).createGroup({ instanceId, group, brokers, ordered: ordered && has5x(sides.version) });
  if (pops)
    for (const { addr } of scene.masters)
      await oracle.ask("setMessageRequestMode", [addr, topic, group, "POP", 0, 5000]);
  await fill(sides, scene, clients, topic);
  const time = Date.now();
  await until("the next messages are later", () => Promise.resolve(Date.now() > time));
  await fill(sides, scene, clients, topic);
  const properties = { persistConsumerOffsetInterval: 500, ...plan.properties };
  const consumer = await clients.consumer({ ...plan, group, topics: { [topic]: "*" }, properties });
  const consumed = async () =>
    (await progressOf(oracle, scene.masters, group, topic)).filter(
      ([, { consumerOffset }]) => Number(consumerOffset) === 2 * MESSAGES,
    ).length;
  const all = scene.masters.length * QUEUES;
  const untilConsumed = () =>
    until(`${group} has consumed everything`, async () => (await consumed().catch(() => 0)) === all);
  await untilConsumed();
  // The offset of those that pop moves before their listener has the message.
  await until(`${group} has handled everything`, async () => (await consumer.handled()) >= all * 2 * MESSAGES);
  const before = await consumer.handled();
  const at = { instanceId, group, topic };
  const { planId, replayed, blocked } = await api.offset.planReset({ ...at, to: "time", time: time + 1 });
  const refused = (pops || ordered) && !movesOffsets(sides);
  if (!refused) {
    await api.offset.reset({ ...at, planId });
    await until(`${group} consumes again`, async () => (await consumer.handled()) >= before + Number(replayed));
    await untilConsumed();
  }
  await judge.compare({
    what: "Writes: reset offset of a group that is online",
    subject: group,
    console: () =>
      Promise.resolve({ refused: blocked === "CLIENTS_MUST_STOP", again: blocked === null ? Number(replayed) : 0 }),
    oracle: async () => ({ refused, again: (await consumer.handled()) - before }),
  });
  await consumer.stop();
}

/** What failed for good fails once more, when the retry topic is moved back to its beginning. */
async function judgeRetries(judge: Judge): Promise<void> {
  const { api, instanceId, oracle } = judge.sides;
  const at = { instanceId, group: "g-retry", topic: "%RETRY%g-retry" };
  const dead = async () =>
    (await oracle.ask("examineTopicStats", ["%DLQ%g-retry"])).offsetTable.reduce(
      (sum, [, { maxOffset }]) => sum + Number(maxOffset),
      0,
    );
  const before = await dead();
  const { planId, replayed } = await api.offset.planReset({ ...at, to: "earliest" });
  await api.offset.reset({ ...at, planId });
  await until("retries fail for good again", async () => (await dead()) >= before + Number(replayed));
  await judge.compare({
    what: "Writes: reset offset of a retry topic",
    subject: at.topic,
    console: () => Promise.resolve({ dead: before + Number(replayed), any: replayed !== "0" }),
    oracle: async () => ({ dead: await dead(), any: true }),
  });
}

/** Resets of groups with clients online; they wait for their clients, who take ten seconds and more. */
export async function judgeOnlineResets(judge: Judge, scene: Scene, clients: Clients): Promise<void> {
  const kinds = Object.entries(KINDS).filter(([, { pops }]) => !pops || has5x(judge.sides.version));
  await Promise.all([judgeRetries(judge), ...kinds.map(([kind]) => judgeKind(judge, scene, clients, kind))]);
}
