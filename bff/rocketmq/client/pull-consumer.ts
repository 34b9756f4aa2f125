import type { RocketMQCluster } from "../cluster/cluster.ts";
import { Replicas, replicaAddrs, type ReplicaAddrs } from "../cluster/replicas.ts";
import { unwrapAll } from "../codec/inner-batch.ts";
import { decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import { PullSysFlag } from "../codec/sys-flag.ts";
import { RocketMQError } from "../errors.ts";
import { messageRpc } from "../rpc/message.ts";

/** Predefined on every broker: a pull with any other group may create that group. */
export const TOOLS_CONSUMER = "TOOLS_CONSUMER";

/** A queue on a broker. */
export interface QueueRef {
  topic: string;
  brokerName: string;
  queueId: number;
}

export interface PullOptions {
  /** Brokers give at most 32 and 256 kB, or 8 and 64 kB of what is no longer in memory, by default. Default 32. */
  maxNums?: number;
  /** `a || b`; all when left out or `*`. Source: FilterAPI.java. */
  tags?: string;
  /** A condition on properties, for the broker to try. */
  sql92?: string;
  /** Waits so long at the broker for a message. Default 0: answers at once. */
  suspendMs?: number;
  /** Default TOOLS_CONSUMER. */
  group?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** NO_NEW: nothing at that offset yet; NO_MATCHED: read on at `nextBeginOffset`; OFFSET_MOVED: it was outside the queue. Source: PullStatus.java. */
export type PullStatus = "FOUND" | "NO_NEW" | "NO_MATCHED" | "OFFSET_MOVED";

export interface PullResult {
  status: PullStatus;
  nextBeginOffset: bigint;
  minOffset: bigint;
  maxOffset: bigint;
  messages: StoredMessage[];
  remark?: string;
}

const statusByCode: Readonly<Record<number, PullStatus>> = {
  0: "FOUND",
  19: "NO_NEW",
  20: "NO_MATCHED",
  21: "OFFSET_MOVED",
};

/** Long polls are answered by the broker's own clock, some time after they are over. */
const SUSPEND_MARGIN_MS = 5000;

/** Tags that clients keep; undefined: all. */
function tagSet(tags = "*"): ReadonlySet<string> | undefined {
  const wanted = tags.split("||").map((tag) => tag.trim());
  return tags === "*" || wanted.every((tag) => tag === "") ? undefined : new Set(wanted.filter((tag) => tag !== ""));
}

/** Pulls messages by queue and offset; commits nothing and registers nothing. */
export class PullConsumer {
  readonly #cluster: RocketMQCluster;
  readonly #replicas: Replicas;

  constructor(cluster: RocketMQCluster, replicas = new Replicas()) {
    this.#cluster = cluster;
    this.#replicas = replicas;
  }

  /**
   * Pulls once from the master, or from a slave while nobody reaches the master and the broker lets slaves be read.
   * Throws NO_MASTER when nobody may be asked, else what the broker said.
   */
  async pull(queue: QueueRef, offset: bigint, options: PullOptions = {}): Promise<PullResult> {
    const addrs = await this.#addresses(queue, options.signal);
    return this.#replicas.ask(addrs, (addr) => pullFrom(this.#cluster, addr, queue, offset, options));
  }

  /** Messages of a queue from `offset` up to, without, `end`, in order, several requests ahead; stops at the end of the queue. */
  async *read(
    queue: QueueRef,
    offset: bigint,
    end: bigint,
    options: PullOptions & { ahead?: number } = {},
  ): AsyncGenerator<StoredMessage[]> {
    const size = BigInt(options.maxNums ?? 32);
    const ahead = options.ahead ?? 8;
    const pieces: { start: bigint; end: bigint; result: Promise<PullResult> }[] = [];
    const ask = (start: bigint, stop: bigint) => {
      const result = this.pull(queue, start, { ...options, maxNums: Number(stop - start) });
      // Whoever reads the piece sees the failure; one left behind must not count as unhandled.
      result.catch(() => undefined);
      return { start, end: stop, result };
    };
    let next = offset;
    for (;;) {
      while (pieces.length < ahead && next < end) {
        const stop = next + size < end ? next + size : end;
        pieces.push(ask(next, stop));
        next = stop;
      }
      const piece = pieces.shift();
      if (!piece) return;
      const result = await piece.result;
      const messages = result.messages.filter(
        ({ queueOffset }) => queueOffset >= piece.start && queueOffset < piece.end,
      );
      if (messages.length > 0) yield messages;
      if (result.status === "NO_NEW") return;
      if (result.nextBeginOffset <= piece.start) return;
      if (result.nextBeginOffset < piece.end) pieces.unshift(ask(result.nextBeginOffset, piece.end));
    }
  }

  async #addresses({ topic, brokerName }: QueueRef, signal: AbortSignal | undefined): Promise<ReplicaAddrs> {
    const named = async (fresh: boolean) => {
      const route = await this.#cluster.route(topic, { fresh, signal });
      return route.brokerDatas.find((data) => data.brokerName === brokerName);
    };
    // It may have the topic since a moment.
    const broker = (await named(false)) ?? (await named(true));
    if (!broker) throw new RocketMQError("INVALID_PARAMETER", `${topic} has no queue on ${brokerName}`);
    return replicaAddrs(brokerName, broker.brokerAddrs);
  }
}

/** What a pull is answered with, its messages not decoded. */
interface PulledBytes extends Omit<PullResult, "messages"> {
  body: Buffer;
}

/** Pulls once from one server of a broker. */
export async function pullFrom(
  cluster: RocketMQCluster,
  address: string,
  queue: QueueRef,
  offset: bigint,
  options: PullOptions = {},
): Promise<PullResult> {
  const { brokerName } = queue;
  const { body, ...answer } = await pullBytes(cluster, address, queue, offset, options);
  const { messages, more } = await messagesOf(body, { brokerName, offset, most: options.maxNums ?? 32 });
  const last = messages.at(-1);
  const wanted = tagSet(options.tags);
  return {
    ...answer,
    nextBeginOffset: more && last ? last.queueOffset + 1n : answer.nextBeginOffset,
    // The broker filters by the hash of the tag.
    messages: wanted ? messages.filter(({ tags }) => tags !== undefined && wanted.has(tags)) : messages,
  };
}

/** A pull for whoever decodes the messages on their own. */
export async function pullBytes(
  cluster: RocketMQCluster,
  address: string,
  { topic, queueId }: QueueRef,
  offset: bigint,
  options: PullOptions = {},
): Promise<PulledBytes> {
  const suspendMs = options.suspendMs ?? 0;
  const answer = await cluster.call(
    messageRpc.pullMessage,
    address,
    {
      consumerGroup: options.group ?? TOOLS_CONSUMER,
      topic,
      queueId,
      queueOffset: offset,
      maxMsgNums: options.maxNums ?? 32,
      sysFlag: PullSysFlag.SUBSCRIPTION | (suspendMs > 0 ? PullSysFlag.SUSPEND : 0),
      commitOffset: 0n,
      suspendTimeoutMillis: suspendMs,
      subVersion: 0n,
      subscription: options.sql92 ?? options.tags ?? "*",
      expressionType: options.sql92 === undefined ? "TAG" : "SQL92",
    },
    {
      signal: options.signal,
      timeoutMs: suspendMs > 0 ? suspendMs + SUSPEND_MARGIN_MS : options.timeoutMs,
    },
  );
  return {
    status: statusByCode[answer.code] ?? "NO_NEW",
    nextBeginOffset: answer.header.nextBeginOffset,
    minOffset: answer.header.minOffset,
    maxOffset: answer.header.maxOffset,
    body: answer.body,
    remark: answer.code === 0 ? undefined : answer.remark,
  };
}

/** Messages from the offset on, never more than asked for: a broker gives batches whole, and may give anything. `more` says that some were left out. */
async function messagesOf(
  body: Buffer,
  { brokerName, offset, most }: { brokerName: string; offset: bigint; most: number },
): Promise<{ messages: StoredMessage[]; more: boolean }> {
  const { messages, more } = decodeMessages(body, brokerName, most);
  const given = await unwrapAll(messages);
  const first = given.findIndex(({ queueOffset }) => queueOffset >= offset);
  const asked = first === -1 ? [] : given.slice(first, first + most);
  return { messages: asked, more: more || (first !== -1 && given.length > first + most) };
}
