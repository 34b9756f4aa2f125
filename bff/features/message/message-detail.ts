import type { MessageBody, MessageDetail, MessagePlace } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import type { RequestContext } from "../../api/request-context.ts";
import { beginningOfPieces, BodyTooLarge, unpackInPieces } from "../../rocketmq/codec/compression.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { PREVIEW_BYTES, previewBody, previewPieces } from "./body-preview.ts";
import { extensionOf, extensionOfBeginning } from "./body-file.ts";
import { messageAt } from "./message-queue.ts";
import { dueAt } from "../../rocketmq/codec/due-time.ts";
import { presentMessage, presentProperties, sysFlagNames } from "./message.presenter.ts";

type PlacedIn = MessagePlace & { instanceId: string };

const isBroken = (error: unknown) => error instanceof RocketMQError && error.code === "MALFORMED_RESPONSE";

/** The body as a whole, piece by piece where that is too large, or null where it cannot be unpacked. */
async function readableBody(message: StoredMessage): Promise<Buffer | (() => AsyncGenerator<Buffer, void>) | null> {
  const { compression, storedBody } = message;
  try {
    return await message.unpackedBody();
  } catch (error) {
    if (error instanceof BodyTooLarge && compression !== undefined)
      return () => unpackInPieces(storedBody, compression);
    if (isBroken(error)) return null;
    throw error;
  }
}

async function bodyOf(message: StoredMessage): Promise<MessageBody | null> {
  const body = await readableBody(message);
  if (typeof body !== "function") return body && previewBody(body);
  return previewPieces(body()).catch((error: unknown) => {
    if (isBroken(error)) return null;
    throw error;
  });
}

export async function messageDetail(deps: Deps, place: PlacedIn, signal?: AbortSignal): Promise<MessageDetail> {
  const cluster = await deps.clusters.get(place.instanceId);
  const { message, queue, minOffset, maxOffset } = await messageAt(cluster, place, signal);
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
    queue,
    minOffset: minOffset.toString(),
    maxOffset: maxOffset.toString(),
    at: deps.now(),
  };
}

const TYPE = "application/octet-stream";

/** The whole body; what cannot be unpacked is given as it is stored. */
export async function messageBody(
  deps: Deps,
  place: PlacedIn,
  context: Pick<RequestContext, "file">,
  signal?: AbortSignal,
): Promise<File> {
  const cluster = await deps.clusters.get(place.instanceId);
  const { message } = await messageAt(cluster, place, signal);
  const body = await readableBody(message);
  if (typeof body === "function") {
    const head = await beginningOfPieces(body(), PREVIEW_BYTES).catch(() => undefined);
    if (head !== undefined) return context.file(`${message.msgId}.${extensionOfBeginning(head)}`, TYPE, body());
  }
  const bytes = Buffer.isBuffer(body) ? body : message.storedBody;
  return new File([new Uint8Array(bytes)], `${message.msgId}.${extensionOf(bytes)}`, { type: TYPE });
}
