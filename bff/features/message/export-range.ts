import type { JobContext, RowResult } from "../../jobs/job.ts";
import { isReadable, notReadable, topicBrokers, type TopicBroker } from "../../rocketmq/admin/topic-brokers.ts";
import { firstOffsetAt } from "../../rocketmq/admin/time-search.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import { isBroken, scanQueue } from "../../rocketmq/client/queue-scan.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import { Replicas } from "../../rocketmq/cluster/replicas.ts";
import { asRocketMQError, type RocketMQError } from "../../rocketmq/errors.ts";
import { offsetRpc } from "../../rocketmq/rpc/offset.ts";
import type { MessageExport } from "./message-export.ts";

interface Range {
  topic: string;
  /** Store time in epoch ms, both ends included. */
  from: number;
  to: number;
}

interface Queue {
  broker: TopicBroker;
  queueId: number;
  start: bigint;
  end: bigint;
  /** Why nobody knows where the range lies in it. */
  error?: RocketMQError;
}

/** Messages so far, of those that lie in the range by the queues' offsets. */
const TOLD_EVERY = 200;

const failed = ({ error }: Pick<FanOutFailure, "error">): RowResult => ({
  state: "failed",
  code: error.code,
  detail: error.remark ?? error.address,
});

class RangeExport {
  readonly #ctx: JobContext;
  readonly #cluster: RocketMQCluster;
  readonly #range: Range;
  readonly #out: MessageExport;
  readonly #replicas = new Replicas();
  #written = 0;
  #marked = 0;
  #full = false;

  constructor(ctx: JobContext, cluster: RocketMQCluster, range: Range, out: MessageExport) {
    this.#ctx = ctx;
    this.#cluster = cluster;
    this.#range = range;
    this.#out = out;
  }

  async run(): Promise<void> {
    const { topic } = this.#range;
    const { signal } = this.#ctx;
    const { brokers, gone } = await topicBrokers(this.#cluster, topic, signal);
    const readable = brokers.filter(isReadable);
    const unreadable = brokers.filter((broker) => !isReadable(broker)).map((broker) => notReadable(topic, broker));
    const queues = readable.flatMap((broker) =>
      Array.from({ length: broker.readQueues }, (_, queueId) => ({ broker, queueId })),
    );
    let n = 0;
    this.#ctx.total(queues.length + unreadable.length + gone.length);
    for (const failure of [...unreadable, ...gone]) this.#ctx.record(++n, failure.target, failed(failure));
    const asked = await this.#bounds(queues);
    this.#ctx.summary({
      of: asked.reduce((sum, { start, end }) => sum + Number(end - start), 0),
      messages: 0,
      marked: 0,
    });
    await this.#out.begin();
    for (const queue of asked) {
      if (signal.aborted) return;
      n += 1;
      await this.#ctx.begin(n, `${queue.broker.brokerName} · ${queue.queueId}`);
      this.#ctx.settle(n, queue.error === undefined ? await this.#queue(queue) : failed({ error: queue.error }));
      this.#tell();
    }
  }

  /** Where the range lies in each queue, so that it is known how much there is to do. */
  async #bounds(queues: readonly Pick<Queue, "broker" | "queueId">[]): Promise<Queue[]> {
    const { topic, from, to } = this.#range;
    const { signal } = this.#ctx;
    const found: Queue[] = [];
    await this.#cluster.turns.each(
      queues.map((queue, index) => ({ ...queue, index, brokerName: queue.broker.brokerName })),
      async ({ broker, queueId, brokerName, index }) => {
        const queue = { topic, brokerName, queueId };
        const at = (timestamp: number) => (addr: string) =>
          firstOffsetAt(this.#cluster, addr, queue, { timestamp, signal });
        const endNow = async (addr: string) =>
          (await this.#cluster.call(offsetRpc.getMaxOffset, addr, { topic, queueId }, { signal })).offset;
        try {
          const start = await this.#replicas.ask(broker, at(from));
          const end = await this.#replicas.ask(broker, to >= Date.now() ? endNow : at(to + 1));
          found[index] = { broker, queueId, start, end: end > start ? end : start };
        } catch (error) {
          signal.throwIfAborted();
          found[index] = { broker, queueId, start: 0n, end: 0n, error: asRocketMQError(error) };
        }
      },
      signal,
    );
    return found;
  }

  async #queue({ broker, queueId, start, end }: Queue): Promise<RowResult> {
    if (this.#full) return { state: "failed", code: "FULL" };
    const { topic, from, to } = this.#range;
    const { brokerName } = broker;
    const { signal } = this.#ctx;
    const counts = { messages: 0, marked: 0 };
    try {
      const consumer = new PullConsumer(this.#cluster, this.#replicas);
      for await (const one of scanQueue(consumer, { topic, brokerName, queueId }, { start, end, signal })) {
        if (!isBroken(one) && (one.storeTimestamp < from || one.storeTimestamp > to)) continue;
        const place = { topic, brokerName, queueId, queueOffset: one.queueOffset.toString() };
        const exported = isBroken(one) ? await this.#out.mark(place, one.error.code) : await this.#out.add(one);
        if (exported === "full") {
          this.#full = true;
          return { state: "failed", code: "FULL", data: counts };
        }
        counts.messages += 1;
        this.#written += 1;
        if (exported === "marked") {
          counts.marked += 1;
          this.#marked += 1;
        }
        if (this.#written % TOLD_EVERY === 0) this.#tell();
      }
    } catch (error) {
      if (signal.aborted) return { state: "cancelled", data: counts };
      return { ...failed({ error: asRocketMQError(error) }), data: counts };
    }
    return {
      state: "ok",
      ...(counts.marked > 0 ? { code: "MARKED", detail: String(counts.marked) } : {}),
      data: counts,
    };
  }

  #tell(): void {
    this.#ctx.summary({ messages: this.#written, marked: this.#marked });
  }
}

/**
 * Writes the messages of a topic that were stored in a range to a job's file, queue by queue: each is a row of the job, as is each broker whose
 * part cannot be read. `summary` counts `messages`, `of` how many, and those `marked`.
 */
export const exportRange = (
  ctx: JobContext,
  cluster: RocketMQCluster,
  range: Range,
  out: MessageExport,
): Promise<void> => new RangeExport(ctx, cluster, range, out).run();
