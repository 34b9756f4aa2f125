import { setTimeout as sleep } from "node:timers/promises";
import { pullBytes } from "../client/pull-consumer.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { Replicas } from "../cluster/replicas.ts";
import { unwrapAll } from "../codec/inner-batch.ts";
import { decodeEach, type StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import type { ScanRange } from "./scan-ranges.ts";
import { topicBrokers, type TopicBroker } from "./topic-brokers.ts";

/** Pulls under way at one broker, and in all. */
const AT_BROKER = 8;
const IN_ALL = 32;
/** Messages of a pull: what brokers give at most. */
const PULL = 32;
/** Offsets that are gone through at a time: a broker that filters looks at some thousands before it answers. */
const FILTERED = 8192n;
const TRIES = 3;
/** Records of one queue that may be broken before it is given up. */
const BROKEN_MAX = 1000;

/** Where something is that could not be read. */
export interface ScanPlace {
  brokerName: string;
  queueId: number;
  queueOffset: bigint;
}

/** What one pull gave. */
interface ScanReply {
  /** In the order of their offsets; they keep a view of the whole reply. */
  messages: readonly StoredMessage[];
  /** Offsets that are done with it. */
  passed: bigint;
  /** Bytes that the broker sent. */
  bytes: number;
  /** Records that do not hold together. */
  broken: readonly ScanPlace[];
}

interface Queue extends ScanRange {
  topic: string;
  broker: TopicBroker;
  broken: number;
}

interface Piece {
  queue: Queue;
  from: bigint;
  end: bigint;
  /** Messages are asked for one by one, since what came together does not hold together. */
  single: boolean;
  tries: number;
}

/** Bytes a second that all scans of a cluster together read. */
export class ScanPace {
  readonly #perMs: number;
  #freeAt = 0;

  constructor(bytesPerSecond: number) {
    this.#perMs = bytesPerSecond / 1000;
  }

  took(bytes: number): void {
    this.#freeAt = Math.max(this.#freeAt, performance.now()) + bytes / this.#perMs;
  }

  /** Waits until what was taken has had its time. */
  async turn(signal: AbortSignal): Promise<void> {
    for (let wait = this.#wait; wait > 0; wait = this.#wait) await sleep(wait, undefined, { signal });
  }

  get #wait(): number {
    return this.#freeAt - performance.now();
  }
}

interface Options {
  /** For brokers to leave out others by their hash; whoever reads looks at the tag again. */
  tags?: readonly string[];
  pace?: ScanPace;
  signal: AbortSignal;
}

/**
 * Reads ranges of queues, several requests at a time at each broker, those of one queue ahead of each other. Nothing is asked while nobody takes
 * what came. What could not be read, and what was not read yet, is `left`.
 */
export class ScanReader {
  readonly #cluster: RocketMQCluster;
  readonly #options: Options;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  readonly #replicas = new Replicas();
  readonly #lanes: { queues: Queue[]; rest: Piece[]; flying: number }[];
  #flying = 0;
  #stopped = false;
  readonly #ready: ScanReply[] = [];
  #wake: () => void = () => undefined;
  /** What is no failure of a broker. */
  #fault: { fault: unknown } | undefined;
  readonly #unread: Piece[] = [];
  readonly failures = new Map<string, FanOutFailure>();

  private constructor(cluster: RocketMQCluster, queues: readonly Queue[], options: Options) {
    this.#cluster = cluster;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
    const names = new Set(queues.map(({ brokerName }) => brokerName));
    this.#lanes = [...names].map((name) => {
      return { queues: queues.filter(({ brokerName }) => brokerName === name), rest: [], flying: 0 };
    });
  }

  static async open(cluster: RocketMQCluster, topic: string, ranges: readonly ScanRange[], options: Options) {
    const { brokers, gone } = await topicBrokers(cluster, topic, options.signal);
    const byName = new Map(brokers.map((broker) => [broker.brokerName, broker]));
    const queues: Queue[] = [];
    const missing: ScanRange[] = [];
    for (const range of ranges) {
      const broker = byName.get(range.brokerName);
      if (broker === undefined) missing.push(range);
      else queues.push({ ...range, topic, broker, broken: 0 });
    }
    const reader = new ScanReader(cluster, queues, options);
    for (const range of missing) reader.#leave(range, gone);
    return reader;
  }

  #leave({ brokerName, queueId, from, end }: ScanRange, gone: readonly FanOutFailure[]): void {
    const known = gone.find(({ target }) => target === brokerName)?.error;
    const error = known ?? new RocketMQError("BROKER_GONE", `${brokerName} has the topic no more`);
    this.failures.set(brokerName, { target: brokerName, error });
    const broker = { brokerName, slaves: [], readQueues: 0, writeQueues: 0, perm: 0 };
    const queue = { brokerName, queueId, from: end, end, topic: "", broker, broken: 0 };
    this.#unread.push({ queue, from, end, single: false, tries: 0 });
  }

  /** Begins nothing new; what was begun is read to its end. */
  stop(): void {
    this.#stopped = true;
  }

  /** Parts of queues that nobody read, once the replies have ended. */
  get left(): ScanRange[] {
    const waiting = this.#lanes.flatMap(({ queues }) => queues);
    return [
      ...waiting.map(({ brokerName, queueId, from, end }) => ({ brokerName, queueId, from, end })),
      ...this.#unread.map(({ queue, from, end }) => ({ ...idOf(queue), from, end })),
    ].filter(({ from, end }) => end > from);
  }

  /** Queues that failed. */
  get unreadQueues(): number {
    return new Set(this.#unread.map(({ queue }) => `${queue.brokerName} ${queue.queueId}`)).size;
  }

  /** All that came since the last were taken. */
  async *replies(): AsyncGenerator<ScanReply[], void> {
    try {
      for (;;) {
        this.#options.signal.throwIfAborted();
        if (this.#fault !== undefined) throw this.#fault.fault;
        this.#begin();
        if (this.#ready.length > 0) yield this.#ready.splice(0);
        else if (this.#flying === 0) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#over.abort();
    }
  }

  #begin(): void {
    for (const lane of this.#lanes) {
      while (lane.flying < AT_BROKER && this.#flying < IN_ALL) {
        const piece = lane.rest.shift() ?? this.#cut(lane.queues);
        if (piece === undefined) break;
        lane.flying += 1;
        this.#flying += 1;
        const landed = (): void => {
          lane.flying -= 1;
          this.#flying -= 1;
          this.#wake();
        };
        this.#read(piece, lane.rest).then(landed, (fault: unknown) => {
          this.#fault ??= { fault };
          landed();
        });
      }
    }
  }

  /** The next piece of the queue whose turn it is. */
  #cut(queues: Queue[]): Piece | undefined {
    const queue = this.#stopped ? undefined : queues.shift();
    if (queue === undefined) return undefined;
    const { from } = queue;
    const size = this.#options.tags === undefined ? BigInt(PULL) : FILTERED;
    const end = queue.end - from > size ? from + size : queue.end;
    queue.from = end;
    if (end < queue.end) queues.push(queue);
    return { queue, from, end, single: false, tries: 0 };
  }

  async #read(piece: Piece, rest: Piece[]): Promise<void> {
    try {
      const next = await this.#readOnce(piece);
      if (next < piece.end) rest.push({ ...piece, from: next, tries: 0 });
    } catch (error) {
      if (this.#signal.aborted) return;
      const known = asRocketMQError(error);
      if (known.retryable && piece.tries + 1 < TRIES) rest.push({ ...piece, tries: piece.tries + 1 });
      else this.#giveUp(piece, known);
    }
  }

  #giveUp(piece: Piece, error: RocketMQError): void {
    const { queue } = piece;
    this.failures.set(queue.brokerName, { target: queue.brokerName, error });
    this.#unread.push(piece);
    if (queue.from >= queue.end) return;
    this.#unread.push({ ...piece, from: queue.from, end: queue.end });
    queue.from = queue.end;
    for (const lane of this.#lanes) lane.queues = lane.queues.filter((one) => one !== queue);
  }

  /** One pull; answers where the piece goes on. */
  async #readOnce(piece: Piece): Promise<bigint> {
    const { queue, from, end, single } = piece;
    const { pace, tags } = this.#options;
    const signal = this.#signal;
    await pace?.turn(signal);
    const maxNums = single ? 1 : tags === undefined ? Number(end - from) : PULL;
    const options = { maxNums, tags: tags?.join(" || "), signal };
    let answer: Awaited<ReturnType<typeof pullBytes>> | undefined;
    const ask = async () => {
      answer = await this.#replicas.ask(queue.broker, (addr) => pullBytes(this.#cluster, addr, queue, from, options));
    };
    await this.#cluster.turns.each([queue], ask, signal);
    if (answer === undefined) return end;
    const { status, nextBeginOffset, body } = answer;
    pace?.took(body.length);
    const broken: bigint[] = [];
    let given: readonly StoredMessage[];
    try {
      const { brokerName } = queue;
      const { messages } = decodeEach(body, { brokerName, onBroken: (offset) => broken.push(offset) });
      given = await unwrapAll(messages);
    } catch (error) {
      const known = asRocketMQError(error);
      if (known.code !== "MALFORMED_RESPONSE") throw known;
      if (!single) return this.#asSingles(piece);
      given = [];
      broken.push(from);
    }
    const messages = given.filter(({ queueOffset }) => queueOffset >= from && queueOffset < end);
    const told = broken.filter((offset) => offset >= from && offset < end);
    queue.broken += told.length;
    if (queue.broken > BROKEN_MAX) throw malformed(queue, `more than ${BROKEN_MAX} records that do not hold together`);
    const last = later(given.at(-1)?.queueOffset ?? -1n, broken.at(-1) ?? -1n);
    const next = status === "NO_NEW" ? end : later(nextBeginOffset, last + 1n);
    if (next <= from) throw malformed(queue, `nothing at ${from}, nor where to go on`);
    const skipped = broken.length > 0 ? 0n : this.#skip(piece, given, next);
    const passed = (next < end ? next : end) - from + skipped;
    this.#ready.push({
      messages,
      passed,
      bytes: body.length,
      broken: told.map((queueOffset) => ({ ...idOf(queue), queueOffset })),
    });
    return next;
  }

  #asSingles(piece: Piece): bigint {
    piece.single = true;
    return piece.from;
  }

  /** Offsets after the piece at which nothing is, as a compaction leaves them, are not asked for one by one. */
  #skip({ queue, end }: Piece, given: readonly StoredMessage[], next: bigint): bigint {
    const beyond = given.find(({ queueOffset }) => queueOffset >= end)?.queueOffset ?? (given.length > 0 ? end : next);
    const to = beyond < queue.end ? beyond : queue.end;
    const skipped = to - queue.from;
    if (skipped <= 0n) return 0n;
    queue.from = to;
    if (to >= queue.end) for (const lane of this.#lanes) lane.queues = lane.queues.filter((one) => one !== queue);
    return skipped;
  }
}

const later = (a: bigint, b: bigint) => (a > b ? a : b);
const idOf = ({ brokerName, queueId }: Queue) => ({ brokerName, queueId });

const malformed = ({ topic, brokerName, queueId }: Queue, why: string) =>
  new RocketMQError("MALFORMED_RESPONSE", `queue ${queueId} of ${topic} on ${brokerName} gave ${why}`);
