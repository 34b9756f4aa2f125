import type { RocketMQCluster } from "../cluster/cluster.ts";
import { UniqKeyGenerator } from "../codec/message-id.ts";
import { SysFlag } from "../codec/sys-flag.ts";
import { RocketMQError, type RocketMQErrorCode } from "../errors.ts";
import type { RemotingCommand, RemotingRequest } from "../remoting/command.ts";
import { messageRpc } from "../rpc/message.ts";
import { encodeBatch } from "./batch.ts";
import {
  checkMessage,
  compressedBody,
  messageProperties,
  type EncodedBody,
  type OutgoingMessage,
  type SizeRules,
} from "./outgoing-message.ts";
import { publishQueues, queueOfKey, QueueSelector, type PublishQueue } from "./publish-queues.ts";
import { sendResult, type SendResult } from "./send-result.ts";

export interface ProducerOptions extends Partial<SizeRules> {
  /** Default `ROCKETDECK_PRODUCER`. */
  group?: string;
  /** Deadline of a send. Default: that of the cluster. */
  timeoutMs?: number;
  /** Other brokers tried after one that certainly has not stored the message. Default 2. */
  retries?: number;
}

export interface SendOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  /** UNIQ_KEY to send it under, one of `nextId()`: who keeps it before sending can look afterwards whether the message arrived. */
  msgId?: string;
}

/** Errors after which the message is certainly not stored, so that another broker may be tried. */
const NOT_STORED: ReadonlySet<RocketMQErrorCode> = new Set([
  "CONNECT_REFUSED",
  "CONNECT_FAILED",
  "CONNECT_TIMEOUT",
  "SYSTEM_BUSY",
  "SERVICE_NOT_AVAILABLE",
  "FLOW_CONTROL",
  "NO_MASTER",
]);
const UNREACHED: ReadonlySet<RocketMQErrorCode> = new Set([...NOT_STORED, "CONNECTION_LOST", "REQUEST_TIMEOUT"]);

/** A half message of a transaction is marked by its properties and sysFlag. */
const HALF = {
  properties: (group: string) => `TRAN_MSG\u0001true\u0002PGROUP\u0001${group}\u0002`,
  sysFlag: SysFlag.TRANSACTION_PREPARED,
};

const PLAIN = "";

/** What a broker takes as the most retries of a message for a retry topic; fewer than it has had would make it a dead letter at once, and in 4.x as many. Source: SendMessageProcessor.handleRetryAndDLQ. */
const MOST_RETRIES = "16";

/** Sends messages; needs no heartbeat and keeps nothing open of its own. */
export class Producer {
  readonly group: string;
  readonly cluster: RocketMQCluster;
  readonly #rules: SizeRules;
  readonly #retries: number;
  readonly #timeoutMs: number | undefined;
  readonly #ids = new UniqKeyGenerator();
  readonly #selector = new QueueSelector();

  constructor(cluster: RocketMQCluster, options: ProducerOptions = {}) {
    this.cluster = cluster;
    this.group = options.group ?? "ROCKETDECK_PRODUCER";
    this.#retries = options.retries ?? 2;
    this.#timeoutMs = options.timeoutMs;
    this.#rules = {
      maxMessageSize: options.maxMessageSize ?? 4 * 1024 * 1024,
      compressAbove: options.compressAbove ?? 4096,
    };
  }

  /** An id for a message to be sent. */
  nextId(): string {
    return this.#ids.next();
  }

  /** Sends and waits until the broker has stored the message. Throws MESSAGE_ILLEGAL before anything is sent, else what the last broker said. */
  async send(message: OutgoingMessage, options: SendOptions = {}): Promise<SendResult> {
    const [result] = await this.#sendAs(message, PLAIN, 0, options);
    return result;
  }

  /** Sends a half message for a transaction; also tells the broker that has it. */
  sendHalf(message: OutgoingMessage, options: SendOptions = {}): Promise<[SendResult, PublishQueue]> {
    if (message.delayLevel !== undefined || message.deliverAt !== undefined) {
      throw new RocketMQError("MESSAGE_ILLEGAL", "a message of a transaction cannot be delayed");
    }
    return this.#sendAs(message, HALF.properties(this.group), HALF.sysFlag, options);
  }

  /** Hands the message over without waiting for an answer: it may be lost unseen. */
  async sendOneway(message: OutgoingMessage): Promise<{ msgId: string; brokerName: string; queueId: number }> {
    checkMessage(message, this.#rules);
    const properties = messageProperties(message);
    const encoded = await this.#encodeBody(message);
    const queue = this.#chooseQueue(message, await publishQueues(this.cluster, message.topic));
    const msgId = this.#ids.next();
    await this.cluster.remoting.oneway(queue.address, this.#request(message, queue, msgId, properties, encoded));
    return { msgId, brokerName: queue.brokerName, queueId: queue.queueId };
  }

  /** Sends messages of one topic to one queue in one request; they are stored all or none. */
  async sendBatch(messages: readonly OutgoingMessage[], options: SendOptions = {}): Promise<SendResult[]> {
    const [first] = messages;
    if (!first) return [];
    const ids = messages.map(() => this.#ids.next());
    const body = encodeBatch(messages, ids, this.#rules);
    const queue = this.#chooseQueue(first, await publishQueues(this.cluster, first.topic));
    const encoded = { body, sysFlag: 0 };
    const head = { topic: first.topic, body };
    const request = this.#request(
      head,
      queue,
      this.#ids.next(),
      messageProperties(head),
      encoded,
      messageRpc.sendBatchMessage.code,
    );
    const result = await this.#attempt(queue, request, options, ids[0] ?? "");
    const offsetMsgIds = result.offsetMsgId.split(",");
    return ids.map((msgId, i) => ({
      ...result,
      msgId,
      offsetMsgId: offsetMsgIds[i] ?? "",
      queueOffset: result.queueOffset + BigInt(i),
    }));
  }

  async #sendAs(
    message: OutgoingMessage,
    added: string,
    addedFlag: number,
    options: SendOptions,
  ): Promise<[SendResult, PublishQueue]> {
    checkMessage(message, this.#rules);
    const properties = messageProperties(message) + added;
    const { body, sysFlag } = await this.#encodeBody(message);
    const encoded = { body, sysFlag: sysFlag | addedFlag };
    const msgId = options.msgId ?? this.#ids.next();
    const fixed = message.queue !== undefined || message.shardingKey !== undefined;
    let avoid: string | undefined;
    for (let left = fixed ? 0 : this.#retries; ; left--) {
      const queues = await publishQueues(this.cluster, message.topic, avoid !== undefined);
      const queue = this.#chooseQueue(message, queues, avoid);
      try {
        const answer = await this.#invoke(queue, this.#request(message, queue, msgId, properties, encoded), options);
        return [this.#stored(answer, queue, msgId), queue];
      } catch (error) {
        this.#noteFailure(queue, error);
        if (left <= 0 || !(error instanceof RocketMQError) || !NOT_STORED.has(error.code)) throw error;
        avoid = queue.brokerName;
      }
    }
  }

  async #attempt(
    queue: PublishQueue,
    request: RemotingRequest,
    options: SendOptions,
    msgId: string,
  ): Promise<SendResult> {
    try {
      return this.#stored(await this.#invoke(queue, request, options), queue, msgId);
    } catch (error) {
      this.#noteFailure(queue, error);
      throw error;
    }
  }

  #invoke(queue: PublishQueue, request: RemotingRequest, options: SendOptions): Promise<RemotingCommand> {
    return this.cluster.remoting.invoke(queue.address, request, {
      timeoutMs: options.timeoutMs ?? this.#timeoutMs,
      signal: options.signal,
    });
  }

  #stored(answer: RemotingCommand, queue: PublishQueue, msgId: string): SendResult {
    const result = sendResult(answer, queue, msgId);
    this.#selector.worked(queue.brokerName);
    return result;
  }

  #noteFailure(queue: PublishQueue, error: unknown): void {
    if (error instanceof RocketMQError && UNREACHED.has(error.code)) this.#selector.failed(queue.brokerName);
  }

  #encodeBody({ body, packed }: OutgoingMessage): EncodedBody | Promise<EncodedBody> {
    if (packed !== undefined) return { body, sysFlag: packed };
    return body.length > this.#rules.compressAbove ? compressedBody(body) : { body, sysFlag: 0 };
  }

  #chooseQueue(message: OutgoingMessage, queues: readonly PublishQueue[], avoid?: string): PublishQueue {
    const { topic, queue: wanted, shardingKey } = message;
    if (wanted) {
      const found = queues.find(
        ({ brokerName, queueId }) => brokerName === wanted.brokerName && queueId === wanted.queueId,
      );
      if (found) return found;
      throw new RocketMQError(
        "INVALID_PARAMETER",
        `${topic} has no writable queue ${wanted.queueId} on ${wanted.brokerName}`,
      );
    }
    const queue = shardingKey === undefined ? this.#selector.next(queues, avoid) : queueOfKey(queues, shardingKey);
    if (!queue) throw new RocketMQError("NO_MASTER", `no broker takes messages of ${topic}`);
    return queue;
  }

  /** Source: SendMessageRequestHeaderV2.java. */
  #request(
    message: OutgoingMessage,
    queue: PublishQueue,
    msgId: string,
    properties: string,
    { body, sysFlag }: EncodedBody,
    code: number = messageRpc.sendMessageV2.code,
  ): RemotingRequest {
    const extFields = {
      a: this.group,
      b: message.topic,
      c: "TBW102",
      d: "4",
      e: String(queue.queueId),
      f: String(sysFlag),
      g: String(Date.now()),
      h: String(message.flag ?? 0),
      i: `UNIQ_KEY\u0001${msgId}\u0002${properties}`,
      j: "0",
      k: "false",
      ...(message.retryOf !== undefined && { l: MOST_RETRIES }),
      m: String(code === messageRpc.sendBatchMessage.code),
      n: queue.brokerName,
    };
    return { code, extFields, body };
  }
}
