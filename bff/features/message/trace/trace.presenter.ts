import type {
  MessageTrace,
  TraceBroken,
  TraceDelivery,
  TraceEnd,
  TraceRecall,
  TracedMessage,
  TraceSend,
  TraceState,
} from "#contract/trace.ts";
import type { TraceRead } from "../../../rocketmq/admin/message-trace.ts";
import { deliveriesIn, type Delivery } from "../../../rocketmq/admin/trace-deliveries.ts";
import type { KeptRecord } from "../../../rocketmq/admin/trace-reader.ts";
import type { TraceRecord } from "../../../rocketmq/codec/trace-record.ts";
import { byCodeUnit } from "../../../cluster/ranking.ts";

/** Records of one type, with what their trace messages tell. */
const ofType = <T extends TraceRecord["type"]>(records: readonly KeptRecord[], type: T) =>
  records.flatMap(({ record, ...kept }) =>
    record.type === type ? [{ record: record as Extract<TraceRecord, { type: T }>, ...kept }] : [],
  );

export function stateOf({ noTopic, records, failures, cut, brokenMessages }: TraceRead): TraceState {
  if (records.length > 0) return "found";
  if (noTopic) return "noTopic";
  return failures.length > 0 || cut || brokenMessages > 0 ? "unreadable" : "none";
}

export const sendsIn = (records: readonly KeptRecord[]): TraceSend[] =>
  ofType(records, "Pub").map(({ record, storedAt, sentFrom }) => ({
    at: record.at,
    recordedAt: storedAt,
    group: record.group,
    topic: record.topic,
    tags: record.tags,
    keys: [...record.keys],
    type: record.msgType,
    msgIds: [...record.msgIds],
    offsetMsgId: record.offsetMsgId,
    storeHost: record.storeHost,
    bodySize: record.bodySize,
    cost: record.cost,
    success: record.success,
    client: record.clientHost ?? sentFrom,
  }));

export const endsIn = (records: readonly KeptRecord[]): TraceEnd[] =>
  ofType(records, "EndTransaction").map(({ record, storedAt, sentFrom }) => ({
    at: record.at,
    recordedAt: storedAt,
    group: record.group,
    state: record.state,
    transactionId: record.transactionId,
    fromCheck: record.fromCheck,
    client: sentFrom,
  }));

export const recallsIn = (records: readonly KeptRecord[]): TraceRecall[] =>
  ofType(records, "Recall").map(({ record, storedAt, sentFrom }) => ({
    at: record.at,
    recordedAt: storedAt,
    group: record.group,
    success: record.success,
    client: sentFrom,
  }));

/** Those that name the message, or the key, come first. */
export const brokenIn = (records: readonly KeptRecord[], named: string): TraceBroken[] =>
  ofType(records, "broken")
    .map(({ record, storedAt, sentFrom }) => ({
      text: record.text,
      recordedAt: storedAt,
      client: sentFrom,
      own: record.msgIds.includes(named) || record.keys.includes(named) || record.text.includes(named),
    }))
    .sort((a, b) => Number(b.own) - Number(a.own));

const presentDelivery = ({ group: _, ...delivery }: Delivery): TraceDelivery => delivery;

/** By group, the unknown one last; in each the oldest first. */
export function groupsIn(records: readonly KeptRecord[], msgId: string): MessageTrace["groups"] {
  const byGroup = new Map<string | null, TraceDelivery[]>();
  for (const delivery of deliveriesIn(records, msgId)) {
    const known = byGroup.get(delivery.group) ?? [];
    known.push(presentDelivery(delivery));
    byGroup.set(delivery.group, known);
  }
  const order = (a: string | null, b: string | null) =>
    a === null || b === null ? Number(a === null) - Number(b === null) : byCodeUnit(a, b);
  return [...byGroup].sort(([a], [b]) => order(a, b)).map(([group, deliveries]) => ({ group, deliveries }));
}

/** Each message of the records once, the newest first, those of which no time is told last. */
export function messagesIn(records: readonly KeptRecord[]): TracedMessage[] {
  const byId = new Map<string, KeptRecord[]>();
  for (const kept of records) {
    if (kept.record.type === "broken") continue;
    for (const id of kept.record.msgIds) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [kept]);
      else known.push(kept);
    }
  }
  const messages = [...byId].map(([msgId, own]): TracedMessage => {
    const sends = sendsIn(own);
    const deliveries = deliveriesIn(own, msgId);
    const times = [...sends.map(({ at }) => at), ...deliveries.map(({ beganAt }) => beganAt)];
    return {
      msgId,
      topic: sends.find(({ topic }) => topic !== null)?.topic ?? null,
      keys: [...new Set(own.flatMap(({ record }) => record.keys))],
      at: times.find((time) => time !== null) ?? null,
      sends: sends.length,
      deliveries: deliveries.length,
      failed: deliveries.filter(({ success }) => success === false).length,
    };
  });
  const time = ({ at }: TracedMessage) => at ?? Number.NEGATIVE_INFINITY;
  return messages.sort((a, b) => (time(b) === time(a) ? byCodeUnit(a.msgId, b.msgId) : time(b) - time(a)));
}
