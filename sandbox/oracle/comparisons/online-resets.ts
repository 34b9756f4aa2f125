import { setTimeout as delay } from "node:timers/promises";
import { ORPCError } from "@orpc/client";
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

/** Clients of old brokers take half a minute for a reset; what has stood still for so long will not move. */
const STILL_MS = 60_000;
const ATTEMPTS = 4;

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

/**
 * A client's commit that is under way puts a queue back now and then, or a committed offset of just before: RocketMQ's clients commit one way,
 * and its brokers handle several commits at once, the older one last. Then nothing can be judged, and all is done anew.
 */
async function undisturbed(what: string, attempt: (n: number) => Promise<boolean>): Promise<void> {
  for (let n = 1; n <= ATTEMPTS; n++) if (await attempt(n)) return;
  throw new Error(`${what}: put back by commits of its clients ${ATTEMPTS} times`);
}

/** Whether a count comes so far before it stands still. */
async function reaches(goal: number, count: () => Promise<number>): Promise<boolean> {
  let [last, since] = [await count(), Date.now()];
  while (last < goal && Date.now() - since < STILL_MS) {
    await delay(50);
    const now = await count();
    if (now !== last) [last, since] = [now, Date.now()];
  }
  return last >= goal;
}

/** Applies a plan; false: the group was elsewhere by then. */
async function applied(reset: Promise<unknown>): Promise<boolean> {
  try {
    await reset;
    return true;
  } catch (error) {
    if (error instanceof ORPCError && error.code === "PLAN_STALE") return false;
    throw error;
  }
}

/** A group that is online is moved to a time: its clients consume again exactly as many messages as the plan says. */
async function judgeKind(
  { judge, scene, clients }: { judge: Judge; scene: Scene; clients: Clients },
  kind: string,
  attempt: number,
): Promise<boolean> {
  const { sides } = judge;
  const { api, instanceId, oracle } = sides;
  const { pops = false, ordered = false, ...plan } = KINDS[kind] ?? {};
  const [topic, group] = [`w-online-${kind}-${attempt}`, `w-g-online-${kind}-${attempt}`];
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
  const consumer = await clients.consumer({ ...plan, group, topics: { [topic]: "*" } });
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
    const asPlanned =
      (await applied(api.offset.reset({ ...at, planId }))) &&
      (await reaches(before + Number(replayed), () => consumer.handled()));
    if (!asPlanned) {
      await consumer.stop();
      return false;
    }
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
  return true;
}

/** What failed for good fails once more, when the retry topic is moved back to its beginning. */
async function judgeRetries(judge: Judge): Promise<boolean> {
  const { api, instanceId, oracle } = judge.sides;
  const at = { instanceId, group: "g-retry", topic: "%RETRY%g-retry" };
  const dead = async () =>
    (await oracle.ask("examineTopicStats", ["%DLQ%g-retry"])).offsetTable.reduce(
      (sum, [, { maxOffset }]) => sum + Number(maxOffset),
      0,
    );
  const before = await dead();
  const { planId, replayed } = await api.offset.planReset({ ...at, to: "earliest" });
  const asPlanned =
    (await applied(api.offset.reset({ ...at, planId }))) && (await reaches(before + Number(replayed), dead));
  if (!asPlanned) return false;
  await judge.compare({
    what: "Writes: reset offset of a retry topic",
    subject: at.topic,
    console: () => Promise.resolve({ dead: before + Number(replayed), any: replayed !== "0" }),
    oracle: async () => ({ dead: await dead(), any: true }),
  });
  return true;
}

/** Resets of groups with clients online; they wait for their clients, who take ten seconds and more. */
export async function judgeOnlineResets(judge: Judge, scene: Scene, clients: Clients): Promise<void> {
  const kinds = Object.entries(KINDS).filter(([, { pops }]) => !pops || has5x(judge.sides.version));
  await Promise.all([
    undisturbed("retries", () => judgeRetries(judge)),
    ...kinds.map(([kind]) => undisturbed(kind, (n) => judgeKind({ judge, scene, clients }, kind, n))),
  ]);
}
