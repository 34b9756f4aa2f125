import type { FoundMessages } from "#contract/message.ts";
import { messageIdsIn, spellingsOf } from "#contract/rules/message-id.ts";
import type { Deps } from "../../api/deps.ts";
import { Problem } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import {
  queryByKey,
  queryByUniqKey,
  viewById,
  type FoundByKey,
  type FoundMessages as Found,
} from "../../rocketmq/admin/message-admin.ts";
import { browseByTime } from "../../rocketmq/admin/message-browse.ts";
import { MessageConst } from "../../rocketmq/codec/properties.ts";
import { decodeOffsetMsgId, decodeUniqKey } from "../../rocketmq/codec/message-id.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { presentFound, WAITING_TOPICS } from "./message.presenter.ts";

const hasCode = (error: unknown, code: RocketMQError["code"]): boolean =>
  error instanceof RocketMQError && error.code === code;

/** A problem of one field of the query: told where it was typed. */
export function atField(code: "BAD_REQUEST" | "MALFORMED_MESSAGE_ID" | "MESSAGE_NOT_FOUND", path: string, key: string) {
  return new Problem(code, { issues: [{ path, message: key }] });
}

/** An unknown topic is the fault of the field that named it. */
const unknownTopic = (topic: string, cause: unknown) =>
  new Problem(
    "TOPIC_NOT_EXIST",
    { params: { topic }, issues: [{ path: "topic", message: "topic.unknown" }] },
    { cause },
  );

/** The answer to what was asked about a topic that somebody named. */
export const aboutTopic = <T>(topic: string, answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw hasCode(error, "TOPIC_NOT_EXIST") ? unknownTopic(topic, error) : error;
  });

const present = async (deps: Deps, found: Found): Promise<FoundMessages> => ({
  items: await presentFound(found.items),
  failures: failuresOf(found.failures),
  unread: found.unread,
  at: deps.now(),
});

/** Messages sent to the topic that wait for their time or their commit are kept, and indexed, under other topics. */
async function waiting(
  topic: string,
  ask: (waitingTopic: string) => Promise<FoundByKey>,
): Promise<Omit<FoundByKey, "unread">> {
  const asked = await Promise.all(
    WAITING_TOPICS.map((name) =>
      ask(name).catch((error: unknown): Omit<FoundByKey, "unread"> => {
        // Not every version has each of them.
        if (hasCode(error, "TOPIC_NOT_EXIST")) return { items: [], failures: [], capped: false };
        throw error;
      }),
    ),
  );
  const isMeant = ({ properties }: StoredMessage) => properties.get(MessageConst.REAL_TOPIC) === topic;
  return {
    items: asked.flatMap(({ items }) => items).filter(isMeant),
    failures: asked.flatMap(({ failures }) => failures),
    capped: asked.some(({ capped }) => capped),
  };
}

interface ByKey {
  instanceId: string;
  topic: string;
  key: string;
  from?: number;
  to?: number;
}

export async function findByKey(deps: Deps, input: ByKey, signal?: AbortSignal) {
  const { topic, key, from: begin, to: end } = input;
  if (begin !== undefined && end !== undefined && begin > end) throw atField("BAD_REQUEST", "to", "range.reversed");
  // Clients join keys by spaces, so no index has one with a space.
  if (key.includes(" ")) throw atField("BAD_REQUEST", "key", "key.space");
  const cluster = await deps.clusters.get(input.instanceId);
  const ask = (name: string) => queryByKey(cluster, { topic: name, key, begin, end }, { signal });
  const found = await aboutTopic(topic, ask(topic));
  if (found.items.length > 0) return { ...(await present(deps, found)), capped: found.capped };
  const later = await waiting(topic, ask);
  const failures = [...found.failures, ...later.failures];
  const told = await present(deps, { ...found, items: later.items, failures });
  return { ...told, capped: found.capped || later.capped };
}

function decoded<T>(decode: (id: string) => T, id: string): T | undefined {
  try {
    return decode(id);
  } catch {
    return undefined;
  }
}

export async function findById(
  deps: Deps,
  { id: copied, ...where }: { instanceId: string; id: string; topic?: string },
  signal?: AbortSignal,
): Promise<FoundMessages> {
  const [id = "", another] = messageIdsIn(copied, where.topic);
  if (another !== undefined) throw atField("BAD_REQUEST", "id", "id.several");
  const [first = "", other] = spellingsOf(id);
  const found = await findByOneId(deps, { ...where, id: first }, signal).catch((error: unknown) => {
    const mayBeOther = error instanceof Problem && ["MESSAGE_NOT_FOUND", "MALFORMED_MESSAGE_ID"].includes(error.code);
    if (other === undefined || !mayBeOther) throw error;
  });
  if (found !== undefined && (found.items.length > 0 || other === undefined)) return found;
  return findByOneId(deps, { ...where, id: other ?? first }, signal);
}

/** Why an id is not found: what it names, as far as it can be read. */
function notFoundById(id: string, topic: string | undefined): Problem {
  const place = decoded(decodeOffsetMsgId, id);
  const isOfClient = decoded(decodeUniqKey, id) !== undefined;
  if (place !== undefined) {
    const params = { address: `${place.host}:${place.port}`, offset: place.offset.toString() };
    return new Problem("MESSAGE_NOT_FOUND", { params, issues: [{ path: "id", message: "id.notAtPlace" }] });
  }
  if (!isOfClient) return atField("MALFORMED_MESSAGE_ID", "id", "id.malformed");
  // Nobody was asked for the id that a client made: brokers find it by topic alone.
  if (topic === undefined) return atField("BAD_REQUEST", "topic", "topic.needed");
  return atField("MESSAGE_NOT_FOUND", "id", "id.notFound");
}

async function findByOneId(
  deps: Deps,
  { instanceId, id, topic }: { instanceId: string; id: string; topic?: string },
  signal?: AbortSignal,
): Promise<FoundMessages> {
  const cluster = await deps.clusters.get(instanceId);
  let asked: Omit<Found, "items"> = { failures: [], unread: { queues: 0, of: 0 } };
  try {
    const found = await viewById(cluster, id, { topic, signal });
    if (found.items.length > 0 || topic === undefined) return await present(deps, found);
    asked = found;
  } catch (error) {
    if (hasCode(error, "TOPIC_NOT_EXIST") && topic !== undefined) throw unknownTopic(topic, error);
    if (hasCode(error, "MALFORMED_MESSAGE_ID")) throw atField("MALFORMED_MESSAGE_ID", "id", "id.malformed");
    if (!hasCode(error, "MESSAGE_NOT_FOUND")) throw error;
    if (topic === undefined) throw notFoundById(id, topic);
  }
  const later = await waiting(topic, (name) => queryByUniqKey(cluster, name, id, { signal }));
  const failures = [...asked.failures, ...later.failures];
  if (later.items.length > 0 || failures.length > 0)
    return present(deps, { items: later.items, failures, unread: asked.unread });
  throw notFoundById(id, topic);
}

interface ByTime {
  instanceId: string;
  topic: string;
  from: number;
  to: number;
  order: "newest" | "oldest";
  pageSize: number;
  cursor?: string;
}

export async function findByTime(deps: Deps, input: ByTime, signal?: AbortSignal) {
  const { topic, from, to, order, pageSize, cursor } = input;
  if (from > to) throw atField("BAD_REQUEST", "to", "range.reversed");
  const cluster = await deps.clusters.get(input.instanceId);
  const page = await aboutTopic(
    topic,
    browseByTime(cluster, { topic, begin: from, end: to, order, pageSize, cursor, signal }),
  );
  return {
    ...(await present(deps, page)),
    cursor: page.cursor ?? null,
    total: page.total?.toString() ?? null,
    atMost: page.compacted,
  };
}
