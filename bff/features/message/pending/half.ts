import type { DiscardedMessage, HalfMessage, HalfMessages } from "#contract/pending.ts";
import type { Failure } from "#contract/list.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { DISCARDED_TOPIC, pendingHalf } from "../../../rocketmq/admin/half-messages.ts";
import { lastOf, queuesAt, scanQueue } from "../../../rocketmq/admin/queue-scan.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { presentMessage } from "../message.presenter.ts";
import { waitSettings, type WaitSettings } from "./broker-settings.ts";
import { producersOf } from "./producers.ts";

export type Deep = { instanceId: string; depth: number };

/** Records of a broker that are read at first. */
const RECORDS = 4096;
/** Messages that are listed. */
const LISTED = 200;

/** The property that counts the questions, and that which says how old a message is before the first one. */
const CHECK_TIMES = "TRANSACTION_CHECK_TIMES";
const IMMUNITY_SECONDS = "CHECK_IMMUNITY_TIME_IN_SECONDS";

const figure = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

export const producerGroupOf = ({ properties }: StoredMessage): string | null =>
  properties.get(MessageConst.PGROUP) ?? null;

/** Each question puts the message back, so when it was stored is when it was asked about. */
function nextCheckAt(message: StoredMessage, checks: number, { checkAfterMs, checkEveryMs }: WaitSettings) {
  if (checkAfterMs === null || checkEveryMs === null) return null;
  if (checks > 0) return message.storeTimestamp + checkEveryMs;
  const immunity = figure(message.properties.get(IMMUNITY_SECONDS));
  return message.bornTimestamp + (immunity === undefined ? checkAfterMs : immunity * 1000);
}

/** Half messages of all masters that wait for their producer's word. */
export async function halfMessages(
  deps: Deps,
  { instanceId, depth }: Deep,
  signal?: AbortSignal,
): Promise<HalfMessages> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const asked = await cluster.onMasters(
    async ({ brokerName, addr }) => {
      const settings = await waitSettings(cluster, addr, signal);
      const { pending, read, of } = await pendingHalf(cluster, { brokerName, addr }, RECORDS * depth, signal);
      const producers = await producersOf(cluster, addr, signal);
      const items = pending.slice(0, LISTED).map((message): HalfMessage => {
        const producerGroup = producerGroupOf(message);
        const checks = figure(message.properties.get(CHECK_TIMES)) ?? 0;
        return {
          ...presentMessage(message),
          producerGroup,
          checks,
          nextCheckAt: nextCheckAt(message, checks, settings),
          producers: producers(producerGroup),
        };
      });
      const { checkMax, checkEveryMs, rocksdb } = settings;
      const broker = { brokerName, pending: pending.length, read, of: of.toString(), checkMax, checkEveryMs, rocksdb };
      return { items, broker };
    },
    { signal },
  );
  const items = asked.items.flatMap(({ value }) => value.items).sort((a, b) => a.bornAt - b.bornAt);
  const found = asked.items.reduce((sum, { value }) => sum + value.broker.pending, 0);
  return {
    items: items.slice(0, LISTED),
    brokers: asked.items.map(({ value }) => value.broker),
    more: found > LISTED,
    failures: failuresOf(asked.failures),
    at: deps.now(),
  };
}

/** What brokers gave up, newest first. */
export async function discardedMessages(
  deps: Deps,
  { instanceId, depth }: Deep,
  signal?: AbortSignal,
): Promise<{ items: DiscardedMessage[]; more: boolean; failures: Failure[]; at: number }> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const asked = await cluster.onMasters(
    async (at) => {
      const messages: StoredMessage[] = [];
      let more = false;
      for (const { queueId, minOffset, maxOffset } of await queuesAt(cluster, at, DISCARDED_TOPIC, signal)) {
        const from = lastOf(minOffset, maxOffset, LISTED * depth);
        more ||= from > minOffset;
        const queue = { topic: DISCARDED_TOPIC, brokerName: at.brokerName, queueId };
        const range = { from, end: maxOffset, signal };
        await scanQueue(cluster, at.addr, queue, range, (message) => messages.push(message));
      }
      const items = messages.map((message): DiscardedMessage => ({
        ...presentMessage(message),
        producerGroup: producerGroupOf(message),
      }));
      return { items, more };
    },
    { signal },
  );
  const items = asked.items.flatMap(({ value }) => value.items).sort((a, b) => b.storedAt - a.storedAt);
  return {
    items: items.slice(0, LISTED * depth),
    more: items.length > LISTED * depth || asked.items.some(({ value }) => value.more),
    failures: failuresOf(asked.failures),
    at: deps.now(),
  };
}
