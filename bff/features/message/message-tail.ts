import { setTimeout as sleep } from "node:timers/promises";
import type { MessageTail } from "#contract/message.ts";
import type { Deps } from "../../api/deps.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { topicStats } from "../../rocketmq/admin/topic-admin.ts";
import { PullConsumer, type QueueRef } from "../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { isReadable, notReadable, topicBrokers } from "../../rocketmq/admin/topic-brokers.ts";
import { aboutTopic } from "./message-find.ts";
import { presentFound } from "./message.presenter.ts";

const EVERY_MS = 2000;
const LASTS_MS = 600_000;
/** Messages of one look; faster ones are counted. */
const MOST = 50;
const MOST_OF_QUEUE = 32;

interface Queue extends QueueRef {
  end: bigint;
}

const keyOf = (brokerName: string, queueId: number) => `${brokerName} ${queueId}`;

/** Of many queues that grew, the newest of each: no more is read than can be shown, and so much for each that none goes without. */
const mostOfQueue = (queues: number) => BigInt(Math.min(MOST_OF_QUEUE, Math.max(1, Math.ceil((2 * MOST) / queues))));

function keepNewest(newest: StoredMessage[], more: readonly StoredMessage[]): void {
  newest.push(...more);
  newest.sort((a, b) => b.storeTimestamp - a.storeTimestamp);
  newest.length = Math.min(newest.length, MOST);
}

/** Looks at the ends of a topic's queues and reads what is new there: one call a broker while nothing comes. */
class Tail {
  readonly #cluster: RocketMQCluster;
  readonly #topic: string;
  readonly #signal: AbortSignal;
  readonly #consumer: PullConsumer;
  /** Where each queue was read up to. */
  readonly #read = new Map<string, bigint>();

  constructor(cluster: RocketMQCluster, topic: string, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#topic = topic;
    this.#signal = signal;
    this.#consumer = new PullConsumer(cluster);
  }

  /** What came since the look before; the first finds nothing, and so does that of a queue that was not there then. */
  async look(): Promise<{ messages: StoredMessage[]; passedOver: bigint; failures: FanOutFailure[] }> {
    const { items, failures } = await topicStats(this.#cluster, this.#topic);
    const grown = items.flatMap(({ target, value }) =>
      value.offsetTable.flatMap(([{ queueId }, { maxOffset }]): (Queue & { from: bigint })[] => {
        const { brokerName } = target;
        const from = this.#read.get(keyOf(brokerName, queueId)) ?? maxOffset;
        // An end that went back is where it goes on from.
        if (maxOffset <= from) this.#read.set(keyOf(brokerName, queueId), maxOffset);
        return maxOffset > from ? [{ topic: this.#topic, brokerName, queueId, from, end: maxOffset }] : [];
      }),
    );
    const newest: StoredMessage[] = [];
    let came = 0n;
    const ofQueue = mostOfQueue(grown.length);
    await this.#cluster.turns.each(
      grown,
      async ({ from, end, ...queue }) => {
        const start = end - from > ofQueue ? end - ofQueue : from;
        try {
          const read = this.#consumer.read(queue, start, end, { ahead: 1, signal: this.#signal });
          let count = start - from;
          for await (const some of read) {
            count += BigInt(some.length);
            keepNewest(newest, some);
          }
          came += count;
          // What could not be read is read at the next look.
          this.#read.set(keyOf(queue.brokerName, queue.queueId), end);
        } catch (error) {
          this.#signal.throwIfAborted();
          failures.push({ target: queue.brokerName, error: asRocketMQError(error) });
        }
      },
      this.#signal,
    );
    return { messages: newest, passedOver: came - BigInt(newest.length), failures };
  }
}

interface Followed {
  instanceId: string;
  topic: string;
}

/** A stream has begun before it can tell a problem. */
export async function assertReadable(deps: Deps, { instanceId, topic }: Followed, signal: AbortSignal): Promise<void> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const { brokers } = await aboutTopic(topic, topicBrokers(cluster, topic, signal));
  const [first] = brokers;
  if (first !== undefined && !brokers.some(isReadable)) throw notReadable(topic, first).error;
}

/** What is stored in a topic from now on. */
export async function* tailOf(
  deps: Deps,
  { instanceId, topic }: Followed,
  signal: AbortSignal,
): AsyncGenerator<MessageTail, void> {
  const cluster = await deps.clusters.get(instanceId, signal);
  const until = deps.now() + LASTS_MS;
  const tail = new Tail(cluster, topic, signal);
  let failed: string | undefined;
  for (let ended = false; !ended;) {
    const { messages, passedOver, failures } = await tail.look();
    ended = deps.now() >= until;
    const fails = failures.map(({ target }) => target).join("\n");
    const isNews = messages.length > 0 || passedOver > 0n || fails !== failed;
    failed = fails;
    if (isNews || ended)
      yield {
        items: await presentFound(messages),
        passedOver: passedOver.toString(),
        failures: failuresOf(failures),
        at: deps.now(),
        ended,
      };
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}
