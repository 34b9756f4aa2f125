import type { PullConsumer, QueueRef } from "../client/pull-consumer.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import { RocketMQError } from "../errors.ts";
import type { Order } from "./browse-cursor.ts";

interface Reading {
  order: Order;
  /** Store time in epoch ms, both ends included. */
  begin: number;
  end: number;
  /** Newest first: everything below is still to come. Oldest first: everything from here on. */
  position: bigint;
  /** Messages that are asked for at a time. */
  chunk: number;
  /** Offset of the first message that the queue still has. */
  firstOffset: () => Promise<bigint>;
  signal?: AbortSignal;
}

/** The widest step over offsets that have no message. */
const WIDEST = 2n ** 40n;

/** Reads for the next message: more are asked for only by a broker that moves the offset and gives nothing. */
const MOST_READS = 1000;

const leadsNowhere = ({ brokerName, queueId, topic }: QueueRef) =>
  new RocketMQError(
    "MALFORMED_RESPONSE",
    `queue ${queueId} of ${topic} on ${brokerName} gave no message in ${MOST_READS} reads, nor its end`,
  );

/** Next messages of one queue in the wanted order, read in small pieces as they are needed. */
export class QueueReader {
  readonly queue: QueueRef;
  readonly #consumer: PullConsumer;
  readonly #reading: Reading;
  readonly #chunk: bigint;
  #position: bigint;
  /** Offsets of the next piece on the way down: more than a chunk over those that a compaction has left empty. */
  #span: bigint;
  #bottom: bigint | undefined;
  #ready: StoredMessage[] = [];
  #exhausted = false;

  constructor(consumer: PullConsumer, queue: QueueRef, reading: Reading) {
    this.queue = queue;
    this.#consumer = consumer;
    this.#reading = reading;
    this.#position = reading.position;
    this.#chunk = BigInt(reading.chunk);
    this.#span = this.#chunk;
  }

  /** First of the messages not yet taken, once it has been read. */
  get head(): StoredMessage | undefined {
    return this.#ready[0];
  }
  get done(): boolean {
    return this.#exhausted && this.#ready.length === 0;
  }

  take(): StoredMessage | undefined {
    return this.#ready.shift();
  }

  async fill(): Promise<void> {
    for (let reads = 0; this.#ready.length === 0 && !this.#exhausted; reads++) {
      if (reads === MOST_READS) throw leadsNowhere(this.queue);
      await (this.#reading.order === "newest" ? this.#readDown() : this.#readUp());
    }
  }

  async #readDown(): Promise<void> {
    const end = this.#position;
    const bottom = this.#bottom ?? 0n;
    if (end <= bottom) {
      this.#exhausted = true;
      return;
    }
    const start = end - bottom > this.#span ? end - this.#span : bottom;
    const messages = await this.#readRange(start, end);
    if (messages.length > 0 && this.#span > this.#chunk) {
      // Something is in there after many empty offsets: come nearer to it from above.
      this.#span = this.#span / 2n > this.#chunk ? this.#span / 2n : this.#chunk;
      return;
    }
    const oldest = messages[0];
    // Offsets without a message are below the queue's first, or were compacted away.
    if (start > 0n && (oldest === undefined || oldest.queueOffset > start))
      this.#bottom ??= await this.#reading.firstOffset();
    if (oldest === undefined && this.#span < WIDEST) this.#span *= 2n;
    this.#position = start;
    this.#exhausted = (oldest?.storeTimestamp ?? Infinity) < this.#reading.begin || start <= (this.#bottom ?? 0n);
    this.#ready = messages.filter((message) => this.#inTime(message)).reverse();
  }

  async #readUp(): Promise<void> {
    const start = this.#position;
    const options = { maxNums: Number(this.#chunk), signal: this.#reading.signal };
    const pulled = await this.#consumer.pull(this.queue, start, options);
    const last = pulled.messages.at(-1);
    if (pulled.status === "NO_NEW" || pulled.nextBeginOffset <= start) this.#exhausted = true;
    else this.#position = pulled.nextBeginOffset;
    if (last && last.storeTimestamp > this.#reading.end) this.#exhausted = true;
    this.#ready = pulled.messages.filter((message) => message.queueOffset >= start && this.#inTime(message));
  }

  async #readRange(start: bigint, end: bigint): Promise<StoredMessage[]> {
    const { signal } = this.#reading;
    const within = ({ queueOffset }: StoredMessage) => queueOffset >= start && queueOffset < end;
    if (end - start > this.#chunk) {
      const pulled = await this.#consumer.pull(this.queue, start, { maxNums: Number(this.#chunk), signal });
      return pulled.messages.filter(within);
    }
    const messages: StoredMessage[] = [];
    const options = { maxNums: Number(end - start), ahead: 1, signal };
    for await (const some of this.#consumer.read(this.queue, start, end, options)) messages.push(...some);
    return messages;
  }

  #inTime({ storeTimestamp }: StoredMessage): boolean {
    return storeTimestamp >= this.#reading.begin && storeTimestamp <= this.#reading.end;
  }
}
