import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import { judgeClients } from "./comparisons/clients.ts";
import { judgeConsumption, judgeStates } from "./comparisons/consumption.ts";
import { judgeExports } from "./comparisons/exports.ts";
import { judgeGroups } from "./comparisons/groups.ts";
import { HALF_TOPIC, judgeMessages, pullTopic } from "./comparisons/messages.ts";
import { judgeOnline } from "./comparisons/online.ts";
import { judgeOverview } from "./comparisons/overview.ts";
import { judgePlans } from "./comparisons/plans.ts";
import { judgeTimes } from "./comparisons/times.ts";
import { judgeTopics } from "./comparisons/topics.ts";
import type { Judge } from "./judge.ts";
import type { Scene } from "./scene.ts";

/** How much of a cluster's messages is compared. */
export interface Depth {
  /** The newest of each queue. */
  messagesOfQueue: number;
  /** Store times of a topic at whose boundaries it is searched. */
  boundariesOf: number;
  /** Messages of a topic whose consume states are compared. */
  statesOf: number;
}

/** Where messages wait for their time or their commit. */
const WAITING = ["SCHEDULE_TOPIC_XXXX", HALF_TOPIC];

const READ = 4;

const isGroupTopic = (topic: string) => topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);

/** Compares everything that the console shows and changes nothing. */
export async function judgeReads(judge: Judge, scene: Scene, depth: Depth): Promise<void> {
  await judgeTopics(judge, scene);
  await judgeGroups(judge, scene);
  await judgeClients(judge, scene);
  await judgeOnline(judge, scene);
  await judgeConsumption(judge, scene);
  await judgeExports(judge, scene);
  await judgePlans(judge, scene);
  // The overview waits for samples of the console.
  await Promise.all([judgeOverview(judge, scene), judgeAllMessages(judge, scene, depth)]);
}

async function judgeAllMessages(judge: Judge, scene: Scene, depth: Depth): Promise<void> {
  for (const [topic, configs] of scene.topics) {
    const readable = [...configs.values()].every(({ perm }) => (perm & READ) !== 0);
    const wanted = scene.userTopics.has(topic) || isGroupTopic(topic) || WAITING.includes(topic);
    if (!readable || !wanted) continue;
    const messages = await pullTopic(judge.sides, topic, depth.messagesOfQueue);
    await judgeMessages(judge, messages);
    if (!scene.userTopics.has(topic)) continue;
    await judgeTimes(judge, topic, messages, depth);
    await judgeStates(judge, messages.slice(-depth.statesOf));
  }
}
