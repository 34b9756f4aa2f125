import { decodeOffsetMsgId } from "../codec/message-id.ts";
import { decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import { decodeShape } from "../codec/shape.ts";
import { MessageConst } from "../codec/properties.ts";
import { RocketMQError } from "../errors.ts";
import type { RemotingCommand } from "../remoting/command.ts";
import type { RemotingClient } from "../remoting/client.ts";
import { CHECK_TRANSACTION_STATE, CheckTransactionStateHeader, messageRpc } from "../rpc/message.ts";
import { producerRpc } from "../rpc/producer.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { Producer, SendOptions } from "./producer.ts";
import { publishQueues } from "./publish-queues.ts";
import type { SendResult } from "./send-result.ts";

/** What becomes of a half message; `unknown` leaves it to the broker, which asks the group's producers later. */
export type TransactionOutcome = "commit" | "rollback" | "unknown";

/** There is no number for `unknown` here: a broker that is told so does not answer, and asks later as it would without. */
const commitOrRollback = { commit: 8, rollback: 12 } as const;

const HEARTBEAT_MS = 30_000;

/** Result of a transaction's send, and what the broker was told. */
export interface TransactionResult extends SendResult {
  outcome: TransactionOutcome;
}

/**
 * Sends a half message and ends its transaction with `outcome`. A half message that was not stored safely is rolled back, as the Java client does.
 * Throws as a send does, and when the broker cannot be told the outcome: the half message then stays until the broker's check gives it up.
 */
export async function sendInTransaction(
  producer: Producer,
  message: OutgoingMessage,
  outcome: TransactionOutcome,
  options: SendOptions = {},
): Promise<TransactionResult> {
  const [result, queue] = await producer.sendHalf(message, options);
  const decided: TransactionOutcome = result.sendStatus === "SEND_OK" ? outcome : "rollback";
  if (decided === "unknown") return { ...result, outcome: decided };
  await producer.cluster.call(
    messageRpc.endTransaction,
    queue.address,
    {
      topic: message.topic,
      producerGroup: producer.group,
      tranStateTableOffset: result.queueOffset,
      commitLogOffset: decodeOffsetMsgId(result.offsetMsgId).offset,
      commitOrRollback: commitOrRollback[decided],
      fromTransactionCheck: false,
      msgId: result.msgId,
      transactionId: result.msgId,
    },
    options,
  );
  return { ...result, outcome: decided };
}

type Check = (message: StoredMessage) => TransactionOutcome | Promise<TransactionOutcome>;

interface Checked {
  check: Check;
  answer: (
    address: string,
    command: RemotingCommand,
    message: StoredMessage,
    outcome: TransactionOutcome,
  ) => Promise<void>;
}

/** Checks by producer group: one connection carries those of every group. */
const checksByClient = new WeakMap<RemotingClient, Map<string, Checked>>();

function checksOf(remoting: RemotingClient): Map<string, Checked> {
  const known = checksByClient.get(remoting);
  if (known) return known;
  const checks = new Map<string, Checked>();
  checksByClient.set(remoting, checks);
  remoting.onRequest(CHECK_TRANSACTION_STATE, async (command, address) => {
    const [message] = decodeMessages(command.body, undefined, 1).messages;
    const checked = checks.get(message?.properties.get(MessageConst.PGROUP) ?? "");
    if (message && checked) await checked.answer(address, command, message, await checked.check(message));
    return undefined;
  });
  return checks;
}

/** Registers the producer's group with the brokers of a topic and answers their transaction checks until it is disposed of. */
export class TransactionChecker implements AsyncDisposable {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #clientID: string;
  readonly #registered = new Set<string>();
  #timer?: NodeJS.Timeout;

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
    this.#clientID = `rocketdeck@${process.pid}#${producer.group}`;
  }

  /** Resolves once every master of the topic that can be reached knows the group; throws when none can. */
  static async open(producer: Producer, topic: string, check: Check): Promise<TransactionChecker> {
    const checker = new TransactionChecker(producer, topic);
    checksOf(producer.cluster.remoting).set(producer.group, {
      check,
      answer: (address, command, message, outcome) => checker.#answer(address, command, message, outcome),
    });
    try {
      await checker.#beat();
    } catch (error) {
      await checker[Symbol.asyncDispose]();
      throw error;
    }
    checker.#timer = setInterval(() => void checker.#beat().catch(() => undefined), HEARTBEAT_MS);
    checker.#timer.unref();
    return checker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    checksOf(this.#producer.cluster.remoting).delete(this.#producer.group);
    const header = { clientID: this.#clientID, producerGroup: this.#producer.group };
    await Promise.allSettled(
      [...this.#registered].map((address) =>
        this.#producer.cluster.call(producerRpc.unregisterClient, address, header),
      ),
    );
  }

  async #beat(): Promise<void> {
    const { cluster, group } = this.#producer;
    const addresses = new Set((await publishQueues(cluster, this.#topic)).map(({ address }) => address));
    const body = { clientID: this.#clientID, producerDataSet: [{ groupName: group }], consumerDataSet: [] };
    const beats = await Promise.allSettled(
      [...addresses].map((address) => cluster.call(producerRpc.heartBeat, address, {}, { body })),
    );
    [...addresses].forEach((address, i) => {
      if (beats[i]?.status === "fulfilled") this.#registered.add(address);
    });
    const failed = beats.find((beat) => beat.status === "rejected");
    if (this.#registered.size === 0)
      throw failed?.reason ?? new RocketMQError("NO_MASTER", `no broker of ${this.#topic} has a master`);
  }

  async #answer(
    address: string,
    command: RemotingCommand,
    message: StoredMessage,
    outcome: TransactionOutcome,
  ): Promise<void> {
    if (outcome === "unknown") return;
    const asked = decodeShape(CheckTransactionStateHeader, command.extFields, "ext fields of a transaction check");
    await this.#producer.cluster.call(messageRpc.endTransaction, address, {
      topic: message.topic,
      producerGroup: this.#producer.group,
      tranStateTableOffset: asked.tranStateTableOffset,
      commitLogOffset: asked.commitLogOffset,
      commitOrRollback: commitOrRollback[outcome],
      fromTransactionCheck: true,
      msgId: asked.msgId ?? message.msgId,
      transactionId: asked.transactionId,
    });
  }
}
