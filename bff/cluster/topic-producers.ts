import pLimit from "p-limit";
import { PERM } from "#contract/rules/topic.ts";
import type { TopicProducer, TopicUser } from "#contract/topic.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import type { FanOut, FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { PullConsumer } from "../rocketmq/client/pull-consumer.ts";
import { versionName } from "../rocketmq/codec/mq-version.ts";
import { asRocketMQError } from "../rocketmq/errors.ts";
import type { ProducerInfo } from "../rocketmq/rpc/producer.ts";
import { addressOf, producersAt } from "./online-producers.ts";
import type { TopicConfig, TopicOffset, TopicStatsTable } from "../rocketmq/rpc/topic.ts";

/** What the masters say of a topic (code 202). */
export type Stats = FanOut<BrokerTarget, TopicStatsTable>;

/** Newest messages of a queue that are asked who sent them. */
export const NEWEST = 16;
const QUEUES_AT_ONCE = 16;

export interface Part<T> {
  items: T[];
  failures: FanOutFailure[];
}

/** What the masters have of a topic, which whoever asks for its users has read already. */
export interface TopicParts {
  stats: Stats;
  configs: ReadonlyMap<string, TopicConfig>;
}

interface Sender {
  broker: BrokerTarget;
  address: string;
  lastSentAt: number;
}

/** Messages in queues that nobody can read, and when the last of them was stored. */
interface Unreadable {
  messages: bigint;
  lastStoredAt: number;
}

/** How many queues of a topic can be read at a broker; others are refused, whatever is in them. */
export const readableQueues = ({ perm, readQueueNums }: TopicConfig): number =>
  (perm & PERM.READ) === 0 ? 0 : readQueueNums;

/** Latest first; whichever queue was read first says nothing. */
const bySending = (a: Sender, b: Sender): number =>
  b.lastSentAt - a.lastSentAt ||
  compareText(a.broker.brokerName, b.broker.brokerName) ||
  compareText(a.address, b.address);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Addresses that the newest messages of each queue came from. */
async function sendersOf(
  cluster: RocketMQCluster,
  topic: string,
  { stats, configs }: TopicParts,
): Promise<Part<Sender> & { unreadable: Unreadable }> {
  const consumer = new PullConsumer(cluster);
  const limit = pLimit(QUEUES_AT_ONCE);
  const senders = new Map<string, Sender>();
  const unreadable: Unreadable = { messages: 0n, lastStoredAt: 0 };
  const failures = [...stats.failures];
  const readQueue = async (broker: BrokerTarget, queueId: number, minOffset: bigint, maxOffset: bigint) => {
    const wanted = maxOffset - BigInt(NEWEST);
    const from = wanted > minOffset ? wanted : minOffset;
    const queue = { topic, brokerName: broker.brokerName, queueId };
    const { messages } = await consumer.pull(queue, from, { maxNums: NEWEST });
    for (const { bornHost, storeTimestamp } of messages) {
      const key = `${broker.brokerName} ${bornHost}`;
      const known = senders.get(key);
      if (known === undefined) senders.set(key, { broker, address: bornHost, lastSentAt: storeTimestamp });
      else known.lastSentAt = Math.max(known.lastSentAt, storeTimestamp);
    }
  };
  const passOver = ({ minOffset, maxOffset, lastUpdateTimestamp }: TopicOffset) => {
    unreadable.messages += maxOffset - minOffset;
    unreadable.lastStoredAt = Math.max(unreadable.lastStoredAt, lastUpdateTimestamp);
  };
  const reads = stats.items.flatMap(({ target, value }) => {
    const config = configs.get(target.brokerName);
    const readable = config === undefined ? Infinity : readableQueues(config);
    return value.offsetTable
      .filter(([, { minOffset, maxOffset }]) => maxOffset > minOffset)
      .map(([{ queueId }, offset]) =>
        limit(async () => {
          if (queueId >= readable) return passOver(offset);
          try {
            await readQueue(target, queueId, offset.minOffset, offset.maxOffset);
          } catch (cause) {
            const error = asRocketMQError(cause, target.addr);
            // The broker as a whole, or the topic by now, shows nobody its messages.
            if (error.code === "NO_PERMISSION") passOver(offset);
            else failures.push({ target: target.name, error });
          }
        }),
      );
  });
  await Promise.all(reads);
  return { items: [...senders.values()].sort(bySending), failures, unreadable };
}

export type Connected = Map<string, { group: string; info: ProducerInfo }>;

/** Producers connected to a broker, by address; none where it cannot list them. */
export async function connectedProducers(cluster: RocketMQCluster, addr: string): Promise<Connected> {
  const connected: Connected = new Map();
  if (!(await cluster.can(addr, "listProducers"))) return connected;
  for (const [group, infos] of await producersAt(cluster, addr)) {
    for (const info of infos) {
      const address = addressOf(info);
      // Producers of one process share a connection: either may be the sender.
      const shared = connected.get(address);
      connected.set(address, { group: shared === undefined ? group : `${shared.group}, ${group}`, info });
    }
  }
  return connected;
}

/**
 * Who sent the newest messages of each queue, and whether they are connected still: brokers do not know which topic
 * a producer writes to, but a message carries the address of the very connection it came by.
 */
export async function producersOf(
  cluster: RocketMQCluster,
  topic: string,
  parts: TopicParts,
  connectedAtBroker = (addr: string) => connectedProducers(cluster, addr),
): Promise<Part<TopicProducer> & { unreadable: Unreadable }> {
  const senders = await sendersOf(cluster, topic, parts);
  const brokers = new Map(senders.items.map(({ broker }) => [broker.addr, broker]));
  const asked = await cluster.fanOut([...brokers.values()], ({ addr }) => connectedAtBroker(addr));
  const connectedAt = new Map(asked.items.map(({ target, value }) => [target.addr, value]));
  const items = new Map<string, TopicProducer>();
  for (const sender of senders.items) {
    const known = connectedAt.get(sender.broker.addr)?.get(sender.address);
    const producer = presentProducer(sender, known);
    addProducer(items, producer.clientId ?? producer.address, producer);
  }
  return {
    items: [...items.values()].sort((a, b) => b.lastSentAt - a.lastSentAt),
    failures: [...senders.failures, ...asked.failures],
    unreadable: senders.unreadable,
  };
}

const hostOf = (address: string) => address.slice(0, address.lastIndexOf(":"));

function presentProducer(sender: Sender, known: { group: string; info: ProducerInfo } | undefined): TopicProducer {
  return {
    group: known?.group ?? null,
    clientId: known?.info.clientId ?? null,
    address: known === undefined ? hostOf(sender.address) : sender.address,
    connections: 1,
    brokers: [sender.broker.brokerName],
    language: known?.info.language ?? null,
    version: known === undefined ? null : versionName(known.info.version),
    lastSentAt: sender.lastSentAt,
  };
}

/** A client has a connection to each broker, and a proxy many to one. */
function addProducer(items: Map<string, TopicProducer>, key: string, producer: TopicProducer): void {
  const known = items.get(key);
  if (known === undefined) {
    items.set(key, producer);
    return;
  }
  known.connections += 1;
  known.brokers = [...new Set([...known.brokers, ...producer.brokers])].sort();
  known.lastSentAt = Math.max(known.lastSentAt, producer.lastSentAt);
}

/** Producer groups that are connected and have sent to the topic. */
export function usersOfProducers(producers: readonly TopicProducer[]): TopicUser[] {
  const byGroup = new Map<string, TopicUser>();
  for (const { group, clientId, address } of producers) {
    if (group === null || clientId === null) continue;
    const user = byGroup.get(group) ?? { role: "producer", group, clients: [] };
    if (!user.clients.some((client) => client.clientId === clientId)) user.clients.push({ clientId, address });
    byGroup.set(group, user);
  }
  return [...byGroup.values()];
}
