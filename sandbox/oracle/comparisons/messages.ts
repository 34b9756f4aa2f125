import type { MessageDetail, MessageItem } from "#contract/message.ts";
import { type MessageExt, PullResult } from "../calls.ts";
import type { Judge, Question, Sides } from "../judge.ts";
import { byKey, type Sheet } from "../sheet.ts";

/** A message as the official client pulled it, with the bounds of its queue. */
export interface Pulled {
  message: MessageExt;
  topic: string;
  brokerName: string;
  minOffset: string;
  maxOffset: string;
}

const BATCH = 32;
export const HALF_TOPIC = "RMQ_SYS_TRANS_HALF_TOPIC";

export const placeOf = ({ message, topic, brokerName }: Pulled) => ({
  topic,
  brokerName,
  queueId: message.queueId,
  queueOffset: message.queueOffset,
});
export const uniqueIdOf = ({ properties, msgId }: MessageExt) => properties.get("UNIQ_KEY") ?? msgId;
const keysOf = ({ properties }: MessageExt) => (properties.get("KEYS") ?? "").split(" ").filter((key) => key !== "");

interface Queue {
  topic: string;
  brokerName: string;
  queueId: number;
}

const pullFrom = async ({ oracle }: Sides, queue: Queue, offset: string, most: number) =>
  PullResult.parse(await oracle.call("puller", "pull", [{ ...queue }, "*", offset, most]));

/** The offset of the first message that the official pull consumer gets from there on, if any. */
export const firstFrom = async (sides: Sides, queue: Queue, offset: string): Promise<string | undefined> =>
  (await pullFrom(sides, queue, offset, 1)).msgFoundList?.[0]?.queueOffset;

/** Messages of a queue in the official pull consumer's words, at most so many of the newest. */
async function pullQueue(
  sides: Sides,
  queue: Queue,
  [minOffset, maxOffset]: readonly [string, string],
  most: number,
): Promise<Pulled[]> {
  const newest = BigInt(maxOffset) - BigInt(most);
  let next = newest > BigInt(minOffset) ? newest : BigInt(minOffset);
  const pulled: Pulled[] = [];
  while (next < BigInt(maxOffset)) {
    const answer = await pullFrom(sides, queue, next.toString(), BATCH);
    const messages = answer.msgFoundList ?? [];
    const { topic, brokerName } = queue;
    pulled.push(...messages.map((message) => ({ message, topic, brokerName, minOffset, maxOffset })));
    if (BigInt(answer.nextBeginOffset) <= next) break;
    next = BigInt(answer.nextBeginOffset);
  }
  return pulled;
}

/** Every message of a topic, at most so many of each queue. */
export async function pullTopic(sides: Sides, topic: string, most: number): Promise<Pulled[]> {
  const { offsetTable } = await sides.oracle.ask("examineTopicStats", [topic]);
  const queues = offsetTable.toSorted(([a], [b]) =>
    a.brokerName < b.brokerName ? -1 : a.brokerName > b.brokerName ? 1 : a.queueId - b.queueId,
  );
  const pulled: Pulled[] = [];
  for (const [queue, { minOffset, maxOffset }] of queues) {
    pulled.push(...(await pullQueue(sides, queue, [minOffset, maxOffset], most)));
  }
  return pulled;
}

/** What the pull consumer itself writes into a message that it got. */
const ADDED_BY_PULLER = new Set(["MIN_OFFSET", "MAX_OFFSET"]);

const itemSheet = (message: MessageExt): Sheet => ({
  topic: message.topic,
  queueId: message.queueId,
  queueOffset: message.queueOffset,
  msgId: uniqueIdOf(message),
  offsetMsgId: message.msgId,
  tags: message.properties.get("TAGS") ?? null,
  keys: keysOf(message).join(" "),
  storedAt: Number(message.storeTimestamp),
  bornAt: Number(message.bornTimestamp),
  bornHost: message.bornHost,
  reconsumeTimes: message.reconsumeTimes,
});

const shownItem = (item: MessageItem): Sheet => ({
  topic: item.topic,
  queueId: item.queueId,
  queueOffset: item.queueOffset,
  msgId: item.msgId,
  offsetMsgId: item.offsetMsgId,
  tags: item.tags,
  keys: item.keys.join(" "),
  storedAt: item.storedAt,
  bornAt: item.bornAt,
  bornHost: item.bornHost,
  reconsumeTimes: item.reconsumeTimes,
});

const byOffsetId = (messages: readonly MessageExt[]) => byKey(messages, ({ msgId }) => msgId, itemSheet);
const shownByOffsetId = (items: readonly MessageItem[]) => byKey(items, ({ offsetMsgId }) => offsetMsgId, shownItem);

const detailSheet = (message: MessageExt): Sheet => ({
  ...itemSheet(message),
  storeHost: message.storeHost,
  storeSize: message.storeSize,
  physicalOffset: message.commitLogOffset,
  preparedTransactionOffset: message.preparedTransactionOffset,
  bodyCrc: message.bodyCRC,
  flag: message.flag,
  sysFlag: message.sysFlag,
  body: message.body ?? "",
  properties: Object.fromEntries([...message.properties].filter(([name]) => !ADDED_BY_PULLER.has(name))),
});

const shownDetail = (detail: MessageDetail, body: string): Sheet => ({
  ...shownItem(detail),
  storeHost: detail.storeHost,
  storeSize: detail.storeSize,
  physicalOffset: detail.physicalOffset,
  preparedTransactionOffset: detail.preparedTransactionOffset,
  bodyCrc: detail.bodyCrc,
  flag: detail.flag,
  sysFlag: detail.sysFlag,
  body,
  properties: byKey(
    detail.properties,
    ({ name }) => name,
    ({ value }) => value,
  ),
  minOffset: detail.minOffset,
  maxOffset: detail.maxOffset,
});

async function bodyOf({ api, instanceId }: Sides, pulled: Pulled, detail: MessageDetail): Promise<string> {
  if (detail.body?.truncated === false) return detail.body.base64;
  const file = await api.message.body({ instanceId, ...placeOf(pulled) });
  return Buffer.from(await file.arrayBuffer()).toString("base64");
}

/** What the page of one message and the searches by id say. */
function ofMessage(sides: Sides, pulled: Pulled): Question[] {
  const { api, instanceId, oracle } = sides;
  const { message, topic } = pulled;
  const place = placeOf(pulled);
  const subject = `${topic} ${pulled.brokerName} ${place.queueId} ${place.queueOffset}`;
  const find = (what: string, id: string): Question => ({
    what,
    subject,
    oracle: async () => byOffsetId([await oracle.ask("viewMessage", [topic, id])]),
    console: async () => shownByOffsetId((await api.message.byId({ instanceId, topic, id })).items),
  });
  return [
    {
      what: "Messages: page of a message",
      subject,
      oracle: async () => {
        const queue = { topic, brokerName: pulled.brokerName, queueId: message.queueId };
        const [minOffset, maxOffset] = await Promise.all([
          oracle.ask("minOffset", [queue]),
          oracle.ask("maxOffset", [queue]),
        ]);
        return { ...detailSheet(message), minOffset, maxOffset };
      },
      console: async () => {
        const detail = await api.message.get({ instanceId, ...place });
        return shownDetail(detail, await bodyOf(sides, pulled, detail));
      },
    },
    {
      what: "Messages: by queue and offset",
      subject,
      oracle: () => Promise.resolve(byOffsetId([message])),
      console: async () => shownByOffsetId((await api.message.byOffset({ instanceId, ...place, count: 1 })).items),
    },
    // Each time that the broker asks what became of a half message it is stored again, under the same unique id.
    ...(topic === HALF_TOPIC ? [] : [find("Messages: by unique id", uniqueIdOf(message))]),
    find("Messages: by offset id", message.msgId),
  ];
}

const LONG_MAX = "9223372036854775807";
const MOST_FOUND = 64;

function ofKey({ api, instanceId, oracle }: Sides, topic: string, key: string): Question {
  return {
    what: "Messages: by key",
    subject: `${topic} ${key}`,
    oracle: async () =>
      byOffsetId((await oracle.ask("queryMessage", [topic, key, MOST_FOUND, 0, LONG_MAX])).messageList),
    console: async () => shownByOffsetId((await api.message.byKey({ instanceId, topic, key })).items),
  };
}

/** Messages of topics, each with its page, by its ids, place and keys. */
export async function judgeMessages(judge: Judge, messages: readonly Pulled[]): Promise<void> {
  const { sides } = judge;
  await judge.compareAll(messages.flatMap((pulled) => ofMessage(sides, pulled)));
  const keys = new Map(
    messages.flatMap(({ topic, message }) =>
      keysOf(message).map((key) => [`${topic}\n${key}`, { topic, key }] as const),
    ),
  );
  await judge.compareAll([...keys.values()].map(({ topic, key }) => ofKey(sides, topic, key)));
}
