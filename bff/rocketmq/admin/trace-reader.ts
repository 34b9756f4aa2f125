import { decodeTraceRecords, type TraceRecord } from "../codec/trace-record.ts";
import type { StoredMessage } from "../codec/stored-message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { Replicas } from "../cluster/replicas.ts";
import { asRocketMQError } from "../errors.ts";
import { Slices } from "../slices.ts";
import { askIndex, type QueryOptions } from "./key-index.ts";
import { browseByTime } from "./message-browse.ts";
import type { TopicBroker } from "./topic-brokers.ts";

/** A record with what its trace message tells. */
export interface KeptRecord {
  record: TraceRecord;
  /** When a broker stored it, epoch ms by the broker's clock. */
  storedAt: number;
  /** The host from which its client sent it: all clients of a process send their records by a connection that is none of theirs. */
  sentFrom: string;
}

export interface TraceQuery {
  traceTopic: string;
  /** An id or a key: brokers index both alike. */
  key: string;
  /** Store time of the records, epoch ms, both ends included. Default: all. */
  begin?: number;
  end?: number;
}

/** Answers of one broker's index, 64 trace messages at most in each. */
const PAGES_MAX = 64;
/** Records that are kept of one query. */
export const RECORDS_KEPT_MAX = 5000;
/** Trace messages of one crowded second that are looked through. */
const CROWD_MAX = 2000;
const CROWD_PAGE = 64;
/** Brokers that take long for each answer, or give far more than they were asked for, are not asked for ever. */
const READ_MS = 8000;
/** Brokers index times by whole seconds: what lies in the same one cannot be told apart there. */
const STEP_MS = 1000;

/** What is read for one query, over all brokers. */
export class TraceReader {
  readonly #cluster: RocketMQCluster;
  readonly #query: TraceQuery;
  readonly #wanted: (record: TraceRecord) => boolean;
  readonly #options: QueryOptions;
  readonly #replicas = new Replicas();
  readonly #slices = new Slices();
  readonly #seen = new Set<string>();
  readonly #crowds = new Map<number, Promise<void>>();
  readonly #startedAt = performance.now();
  readonly records: KeptRecord[] = [];
  /** There is more than was read. */
  cut = false;
  /** Bodies that cannot be unpacked. */
  brokenMessages = 0;

  constructor(
    cluster: RocketMQCluster,
    query: TraceQuery,
    wanted: (record: TraceRecord) => boolean,
    options: QueryOptions,
  ) {
    this.#cluster = cluster;
    this.#query = query;
    this.#wanted = wanted;
    this.#options = options;
  }

  /**
   * Reads what one broker's index has of the key, newest first, and says whether it gave anything. A broker gives 64 messages at most, the
   * newest until a time, so it is asked again until the oldest that it gave, as long as others come.
   */
  async readBroker(broker: TopicBroker): Promise<boolean> {
    const { traceTopic: topic, key, begin = 0 } = this.#query;
    let { end } = this.#query;
    for (let page = 0; page < PAGES_MAX; page++) {
      const wanted = { topic, key, begin, end, unique: false };
      const { messages, full } = await askIndex(this.#cluster, this.#replicas, broker, wanted, this.#options);
      const fresh = await this.#keep(messages);
      const oldest = Math.min(...messages.map(({ storeTimestamp }) => storeTimestamp));
      const isOver = messages.length === 0 || oldest < begin || (fresh === 0 && !full) || this.#isFull();
      if (isOver) return page > 0 || messages.length > 0;
      if (fresh > 0) end = oldest;
      else {
        await this.#readCrowd(oldest);
        end = Math.max(0, oldest - STEP_MS);
      }
    }
    this.cut = true;
    return true;
  }

  /** No more is read, though there may be more. */
  #isFull(): boolean {
    if (this.records.length < RECORDS_KEPT_MAX && performance.now() - this.#startedAt < READ_MS) return false;
    this.cut = true;
    return true;
  }

  /** Takes what is wanted of messages that were not there before, and says how many those were. */
  async #keep(messages: readonly StoredMessage[]): Promise<number> {
    const { traceTopic, key } = this.#query;
    let fresh = 0;
    for (const message of messages) {
      // A client that sends again, since no answer came, gives both the same id.
      const id = `${message.msgId} ${message.bodyCrc}`;
      if (this.#seen.has(message.offsetMsgId)) continue;
      this.#seen.add(message.offsetMsgId);
      fresh++;
      if (message.topic !== traceTopic || !this.#inTime(message) || this.#seen.has(id)) continue;
      // The index finds by hash, a crowded second everything.
      if (!(message.keys?.split(" ").includes(key) ?? false)) continue;
      this.#seen.add(id);
      await this.#readBody(message);
      await this.#slices.pause();
      this.#options.signal?.throwIfAborted();
    }
    return fresh;
  }

  #inTime({ storeTimestamp: at }: StoredMessage): boolean {
    const { begin = 0, end } = this.#query;
    return at >= begin && (end === undefined || at <= end);
  }

  async #readBody(message: StoredMessage): Promise<void> {
    let body: Buffer;
    try {
      body = await message.unpackedBody();
    } catch (error) {
      asRocketMQError(error);
      this.brokenMessages++;
      return;
    }
    const { records, cut } = decodeTraceRecords(body);
    if (cut) this.cut = true;
    for (const record of records) {
      if (!this.#wanted(record)) continue;
      if (this.#isFull()) return;
      this.records.push({ record, storedAt: message.storeTimestamp, sentFrom: message.bornHost.replace(/:\d+$/, "") });
    }
  }

  /** All of a second of which the index gives no more, once for all brokers. */
  #readCrowd(newest: number): Promise<void> {
    const known = this.#crowds.get(newest) ?? this.#browse(newest - STEP_MS + 1, newest);
    this.#crowds.set(newest, known);
    return known;
  }

  async #browse(begin: number, end: number): Promise<void> {
    const { traceTopic: topic } = this.#query;
    const { signal } = this.#options;
    let cursor: string | undefined;
    try {
      for (let read = 0; read < CROWD_MAX; read += CROWD_PAGE) {
        const page = await browseByTime(this.#cluster, { topic, begin, end, pageSize: CROWD_PAGE, cursor, signal });
        await this.#keep(page.items);
        if (page.failures.length > 0) this.cut = true;
        ({ cursor } = page);
        if (cursor === undefined || this.#isFull()) return;
      }
      this.cut = true;
    } catch (error) {
      signal?.throwIfAborted();
      asRocketMQError(error);
      this.cut = true;
    }
  }
}
