import type { RocketMQCluster } from "../cluster/cluster.ts";
import { RocketMQError } from "../errors.ts";
import type { TopicRouteData } from "../rpc/namesrv.ts";

/** A queue that takes messages, with its master's address. */
export interface PublishQueue {
  brokerName: string;
  queueId: number;
  address: string;
}

const WRITE = 2;
const MASTER_ID = 0;

const byRoute = new WeakMap<TopicRouteData, PublishQueue[]>();

/** Writable queues of a topic in the chosen cluster in a stable order, brokers by name; throws NO_PERMISSION or NO_MASTER when there is none. */
export async function publishQueues(
  cluster: RocketMQCluster,
  topic: string,
  fresh = false,
): Promise<readonly PublishQueue[]> {
  const route = await cluster.route(topic, { fresh });
  const known = byRoute.get(route);
  if (known) return known;
  const queues = writableQueues(topic, route, cluster.clusterName);
  byRoute.set(route, queues);
  return queues;
}

function writableQueues(topic: string, route: TopicRouteData, clusterName: string | undefined): PublishQueue[] {
  const brokers = route.brokerDatas.filter(({ cluster }) => clusterName === undefined || cluster === clusterName);
  const masters = new Map(brokers.map(({ brokerName, brokerAddrs }) => [brokerName, brokerAddrs.get(MASTER_ID)]));
  const writable = route.queueDatas.filter(
    ({ brokerName, perm, writeQueueNums }) => masters.has(brokerName) && perm & WRITE && writeQueueNums > 0,
  );
  if (writable.length === 0) throw new RocketMQError("NO_PERMISSION", `${topic} has no queue that takes messages`);
  const queues: PublishQueue[] = [];
  for (const { brokerName, writeQueueNums } of writable.toSorted((a, b) => (a.brokerName < b.brokerName ? -1 : 1))) {
    const address = masters.get(brokerName);
    if (!address) continue;
    for (let queueId = 0; queueId < writeQueueNums; queueId++) queues.push({ brokerName, queueId, address });
  }
  if (queues.length === 0) throw new RocketMQError("NO_MASTER", `no broker of ${topic} has a master`);
  return queues;
}

/** String.hashCode of Java, so that a key meets the queue that the Java client's SelectMessageQueueByHash picks. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** The queue of a sharding key. */
export function queueOfKey(queues: readonly PublishQueue[], key: string): PublishQueue | undefined {
  return queues[Math.abs(javaHash(key) % queues.length)];
}

const AVOIDED_MS = 10_000;

/** Takes queues in turn and leaves out brokers that failed a short while ago, unless there is no other. */
export class QueueSelector {
  #turn = Math.floor(Math.random() * 1024);
  readonly #avoidedUntil = new Map<string, number>();

  next(queues: readonly PublishQueue[], notBroker?: string): PublishQueue | undefined {
    if (this.#avoidedUntil.size === 0 && notBroker === undefined) return queues[this.#turn++ % queues.length];
    const now = performance.now();
    const start = this.#turn++;
    let second: PublishQueue | undefined;
    for (let step = 0; step < queues.length; step++) {
      const queue = queues[(start + step) % queues.length];
      if (!queue || queue.brokerName === notBroker) continue;
      if ((this.#avoidedUntil.get(queue.brokerName) ?? 0) <= now) return queue;
      second ??= queue;
    }
    return second ?? queues[start % queues.length];
  }

  failed(brokerName: string): void {
    this.#avoidedUntil.set(brokerName, performance.now() + AVOIDED_MS);
  }

  worked(brokerName: string): void {
    if (this.#avoidedUntil.size > 0) this.#avoidedUntil.delete(brokerName);
  }
}
