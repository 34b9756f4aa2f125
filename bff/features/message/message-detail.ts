import pLimit from "p-limit";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Failure, Names } from "#contract/list.ts";
import type { MessageBody, MessageDetail, MessagePlace, MessageState } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { consumeStates } from "../../rocketmq/admin/consume-state.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { topicGroups } from "../../rocketmq/admin/topic-admin.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { previewBody } from "./body-preview.ts";
import { extensionOf } from "./body-file.ts";
import { messageAt } from "./message-queue.ts";
import { dueAt, presentMessage, presentProperties, sysFlagNames } from "./message.presenter.ts";

type PlacedIn = MessagePlace & { instanceId: string };

/** Groups whose offsets are read at the same time. */
const GROUPS_AT_ONCE = 16;

/** Null when it cannot be unpacked. */
async function readableBody(message: StoredMessage): Promise<Buffer | null> {
  try {
    return await message.unpackedBody();
  } catch (error) {
    if (error instanceof RocketMQError && error.code === "MALFORMED_RESPONSE") return null;
    throw error;
  }
}

async function bodyOf(message: StoredMessage): Promise<MessageBody | null> {
  const body = await readableBody(message);
  return body && previewBody(body);
}

export async function messageDetail(deps: Deps, place: PlacedIn, signal?: AbortSignal): Promise<MessageDetail> {
  const cluster = await deps.clusters.get(place.instanceId);
  const { message, minOffset, maxOffset } = await messageAt(cluster, place, signal);
  return {
    ...presentMessage(message),
    storeHost: message.storeHost,
    storeSize: message.storeSize,
    physicalOffset: message.physicalOffset.toString(),
    preparedTransactionOffset: message.preparedTransactionOffset.toString(),
    compression: message.compression ?? null,
    bodyCrc: message.bodyCrc,
    bodyIntact: message.bodyIntact,
    flag: message.flag,
    sysFlag: message.sysFlag,
    sysFlags: sysFlagNames(message.sysFlag),
    properties: presentProperties(message),
    dueAt: dueAt(message),
    body: await bodyOf(message),
    minOffset: minOffset.toString(),
    maxOffset: maxOffset.toString(),
    at: deps.now(),
  };
}

/** The whole body; what cannot be unpacked is given as it is stored. */
export async function messageBody(deps: Deps, place: PlacedIn, signal?: AbortSignal): Promise<File> {
  const cluster = await deps.clusters.get(place.instanceId);
  const { message } = await messageAt(cluster, place, signal);
  const bytes = (await readableBody(message)) ?? message.storedBody;
  return new File([new Uint8Array(bytes)], `${message.msgId}.${extensionOf(bytes)}`, {
    type: "application/octet-stream",
  });
}

const positionOf = ({ topic, brokerName, queueId, queueOffset }: MessagePlace) => ({
  topic,
  brokerName,
  queueId,
  queueOffset: BigInt(queueOffset),
});

export async function statesOf(
  deps: Deps,
  { instanceId, group, messages }: { instanceId: string; group: string; messages: MessagePlace[] },
  signal?: AbortSignal,
): Promise<{ states: MessageState[]; failures: Failure[] }> {
  const cluster = await deps.clusters.get(instanceId);
  const { states, failures } = await consumeStates(cluster, group, messages.map(positionOf), { signal });
  return { states, failures: failuresOf(failures) };
}

async function groupsOf(cluster: RocketMQCluster, topic: string) {
  const { groups, failures } = await topicGroups(cluster, topic);
  // A retry topic belongs to one group, whether it has consumed from it or not.
  const owner = topic.startsWith(RETRY_PREFIX) ? [topic.slice(RETRY_PREFIX.length)] : [];
  return { groups: [...new Set([...owner, ...groups])].sort(), failures: failuresOf(failures) };
}

export async function groupNamesOf(
  deps: Deps,
  { instanceId, topic }: { instanceId: string; topic: string },
  signal?: AbortSignal,
): Promise<Names> {
  const { groups, failures } = await groupsOf(await deps.clusters.get(instanceId, signal), topic);
  return { names: groups, failures };
}

interface GroupStates {
  items: { group: string; state: MessageState }[];
  failures: Failure[];
}

export async function messageGroups(deps: Deps, place: PlacedIn, signal?: AbortSignal): Promise<GroupStates> {
  const cluster = await deps.clusters.get(place.instanceId, signal);
  const { groups, failures } = await groupsOf(cluster, place.topic);
  const position = positionOf(place);
  const asked = await pLimit(GROUPS_AT_ONCE).map(groups, async (group) => ({
    group,
    ...(await consumeStates(cluster, group, [position], { signal })),
  }));
  return {
    items: asked.map(({ group, states }) => ({ group, state: states[0] ?? "unknown" })),
    failures: failuresOf(failures, ...asked.map((one) => one.failures)),
  };
}
