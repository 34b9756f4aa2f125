import type { MessageBody, MessageDetail, MessagePlace } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { previewBody } from "./body-preview.ts";
import { extensionOf } from "./body-file.ts";
import { messageAt } from "./message-queue.ts";
import { dueAt, presentMessage, presentProperties, sysFlagNames } from "./message.presenter.ts";

type PlacedIn = MessagePlace & { instanceId: string };

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
