import type { DeadLetter, DeadLetterOrigin } from "#contract/dead-letter.ts";
import { deadLetterOriginOf } from "../../../rocketmq/admin/dead-letter-origin.ts";
import { retentionHoursOf } from "../../../rocketmq/admin/retention.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { brokerRpc } from "../../../rocketmq/rpc/broker.ts";
import { originTopicOf, presentFound } from "../message.presenter.ts";

const HOUR_MS = 3_600_000;

export function presentOrigin(message: StoredMessage): DeadLetterOrigin {
  const { msgId = null, offsetMsgId = null, bornTimestamp = null, bornHost = null } = deadLetterOriginOf(message);
  return { topic: originTopicOf(message) ?? null, msgId, offsetMsgId, bornAt: bornTimestamp, bornHost };
}

/** Hours that brokers keep messages, by name; nothing of those that do not say. */
async function retentionsOf(
  cluster: RocketMQCluster,
  names: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  if (names.size === 0) return new Map();
  const { targets } = await cluster.masters({ signal });
  const { items } = await cluster.fanOut(
    targets.filter(({ brokerName }) => names.has(brokerName)),
    ({ addr }) => cluster.call(brokerRpc.getBrokerConfig, addr, {}, { signal }),
    { signal },
  );
  return new Map(
    items.flatMap(({ target, value }) => {
      const hours = retentionHoursOf(value);
      return hours === null ? [] : [[target.brokerName, hours] as const];
    }),
  );
}

export async function presentDeadLetters(
  cluster: RocketMQCluster,
  messages: readonly StoredMessage[],
  signal?: AbortSignal,
): Promise<DeadLetter[]> {
  const names = new Set(messages.flatMap(({ brokerName }) => brokerName ?? []));
  const [found, retentions] = await Promise.all([presentFound(messages), retentionsOf(cluster, names, signal)]);
  return found.flatMap((item, index): DeadLetter[] => {
    const message = messages[index];
    if (message === undefined) return [];
    const hours = retentions.get(item.brokerName);
    const keptUntil = hours === undefined ? null : item.storedAt + hours * HOUR_MS;
    return [{ ...item, origin: presentOrigin(message), keptUntil }];
  });
}
