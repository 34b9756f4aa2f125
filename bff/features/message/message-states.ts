import pLimit from "p-limit";
import type { Failure, Names } from "#contract/list.ts";
import type { Consumption, MessagePlace, MessageTold } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { ownerOfTopic } from "../../cluster/group-of-topic.ts";
import { topicGroups } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { messageAt } from "./message-queue.ts";
import { askingOf, verdictsOf, type Asking } from "./message-verdicts.ts";
import { assertGroupKnown } from "./group-known.ts";
import { presentMessage } from "./message.presenter.ts";

/** Groups that are asked about at the same time. */
const GROUPS_AT_ONCE = 16;

/** Throws SUBSCRIPTION_GROUP_NOT_EXIST where no broker knows the group, neither by its configuration nor by an offset in these queues. */
export async function statesOf(
  deps: Deps,
  { instanceId, group, messages }: { instanceId: string; group: string; messages: MessageTold[] },
  signal?: AbortSignal,
): Promise<{ states: Consumption[]; failures: Failure[] }> {
  const asking = await askingOf(deps, instanceId, signal);
  const { states, failures } = await verdictsOf(asking, group, messages);
  if (states.length > 0 && states.every(({ state }) => state === "neverCommitted"))
    await assertGroupKnown(asking.cluster, group);
  return { states, failures: failuresOf(failures) };
}

async function groupsOf(cluster: RocketMQCluster, topic: string) {
  const { groups, failures } = await topicGroups(cluster, topic);
  // A retry or dead letter topic belongs to one group, whether it has consumed from it or not.
  const owner = await ownerOfTopic(cluster, topic);
  return { groups: [...new Set([...(owner ? [owner] : []), ...groups])].sort(), failures: failuresOf(failures) };
}

export async function groupNamesOf(
  deps: Deps,
  { instanceId, topic }: { instanceId: string; topic: string },
  signal?: AbortSignal,
): Promise<Names> {
  const { groups, failures } = await groupsOf(await deps.clusters.get(instanceId, signal), topic);
  return { names: groups, failures };
}

/** The message at a place, or the place alone and where its queue begins by now: retention took the message. */
async function toldAt(
  { cluster, signal }: Asking,
  place: MessagePlace,
): Promise<{ told: MessageTold; begins?: bigint }> {
  try {
    return { told: presentMessage((await messageAt(cluster, place, signal)).message) };
  } catch (error) {
    const min = error instanceof Problem ? error.data.params?.["min"] : undefined;
    const begins = typeof min === "string" ? BigInt(min) : 0n;
    if (BigInt(place.queueOffset) < begins) return { told: place, begins };
    throw error;
  }
}

export async function messageGroups(
  deps: Deps,
  { instanceId, ...place }: MessagePlace & { instanceId: string },
  signal?: AbortSignal,
): Promise<{ items: (Consumption & { group: string })[]; failures: Failure[] }> {
  const asking = await askingOf(deps, instanceId, signal);
  const [{ groups, failures }, { told, begins }] = await Promise.all([
    groupsOf(asking.cluster, place.topic),
    toldAt(asking, place),
  ]);
  const asked = await pLimit(GROUPS_AT_ONCE).map(groups, async (group) => ({
    group,
    ...(await verdictsOf(asking, group, [told], begins)),
  }));
  return {
    items: asked.flatMap(({ group, states }) => states.map((state) => ({ group, ...state }))),
    failures: failuresOf(failures, ...asked.map((one) => one.failures)),
  };
}
