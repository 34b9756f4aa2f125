import type { ScanEvent, ScanNotJudged, ScanSource } from "#contract/scan.ts";
import { ScanReader, type ScanPace, type ScanPlace } from "../../../rocketmq/admin/message-scan.ts";
import { countOf, type ScanRange } from "../../../rocketmq/admin/scan-ranges.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import type { ScanFilter } from "./scan-filter.ts";
import { ScanJudge } from "./scan-judge.ts";
import { openSource, type FoundSource } from "./scan-source.ts";

/** Places of messages that could not be judged which are told; all are counted. */
const TOLD = 20;

/** A scan stops by itself once it reached one of them. */
export interface ScanBounds {
  messages: number;
  bytes: number;
  seconds: number;
}

interface Running {
  pace: ScanPace;
  bounds?: ScanBounds;
  signal: AbortSignal;
}

interface ScanFigures {
  messages: number;
  bytes: number;
  hits: number;
  passed: bigint;
  notJudged: number;
  ms: number;
}

/** A look through some messages that may be gone on with: what is left of it is small, and known once a run has ended. */
export class Scan {
  readonly topic: string;
  readonly filter: ScanFilter;
  readonly #source: FoundSource;
  readonly total: bigint;
  readonly figures: ScanFigures = { messages: 0, bytes: 0, hits: 0, passed: 0n, notJudged: 0, ms: 0 };
  readonly notJudgedAt: ScanNotJudged[] = [];
  #left: readonly ScanRange[];
  #failures = new Map<string, FanOutFailure>();
  #unreadQueues = 0;

  private constructor(topic: string, filter: ScanFilter, source: FoundSource) {
    this.topic = topic;
    this.filter = filter;
    this.#source = source;
    this.#left = source.ranges;
    this.total = countOf(source.ranges);
  }

  static async open(cluster: RocketMQCluster, input: ScanSource, filter: ScanFilter, signal: AbortSignal) {
    return new Scan(input.topic, filter, await openSource(cluster, input, filter, signal));
  }

  get failures(): FanOutFailure[] {
    return [...this.#source.failures, ...this.#failures.values()];
  }

  get unread(): ScanEvent["unread"] {
    const { queues, of } = this.#source.unread;
    return { queues: queues + this.#unreadQueues, of };
  }

  /** Goes through what is left; gives hits as they are found, and what reached its bound, if anything did. */
  async *run(
    cluster: RocketMQCluster,
    running: Running,
  ): AsyncGenerator<StoredMessage[], keyof ScanBounds | undefined> {
    const { pace, signal } = running;
    const { tags } = this.#source;
    const reader = await ScanReader.open(cluster, this.topic, this.#left, { tags, pace, signal });
    const judge = new ScanJudge(this.filter, signal);
    const { figures } = this;
    const before = { ...figures };
    const since = performance.now();
    let by: keyof ScanBounds | undefined;
    for await (const replies of reader.replies()) {
      const messages = replies.flatMap((reply) => reply.messages);
      const { hits, notJudged } = await judge.judge(messages);
      figures.messages += messages.length;
      for (const { bytes, passed, broken } of replies) {
        figures.bytes += bytes;
        figures.passed += passed;
        for (const place of broken) this.#tell(place, "broken");
      }
      for (const { message, why } of notJudged) this.#tell(placeOf(message), why);
      figures.hits += hits.length;
      figures.ms = before.ms + Math.round(performance.now() - since);
      this.#failures = reader.failures;
      this.#unreadQueues = reader.unreadQueues;
      by ??= running.bounds && reached(figures, before, running.bounds);
      if (by !== undefined) reader.stop();
      yield hits;
    }
    figures.ms = before.ms + Math.round(performance.now() - since);
    this.#left = reader.left;
    this.#failures = reader.failures;
    this.#unreadQueues = reader.unreadQueues;
    // At the bound and at the end at once: there is nothing to go on with but what failed.
    return countOf(this.#left) > 0n ? by : undefined;
  }

  #tell({ brokerName, queueId, queueOffset }: ScanPlace, why: ScanNotJudged["why"]): void {
    this.figures.notJudged += 1;
    if (this.notJudgedAt.length >= TOLD) return;
    this.notJudgedAt.push({ topic: this.topic, brokerName, queueId, queueOffset: queueOffset.toString(), why });
  }
}

const placeOf = ({ brokerName = "", queueId, queueOffset }: StoredMessage): ScanPlace => ({
  brokerName,
  queueId,
  queueOffset,
});

function reached(now: ScanFigures, before: ScanFigures, bounds: ScanBounds): keyof ScanBounds | undefined {
  if (now.messages - before.messages >= bounds.messages) return "messages";
  if (now.bytes - before.bytes >= bounds.bytes) return "bytes";
  return now.ms - before.ms >= bounds.seconds * 1000 ? "seconds" : undefined;
}
