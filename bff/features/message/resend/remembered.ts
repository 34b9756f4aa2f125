import type { Resent as ResentView } from "#contract/resend.ts";
import type { Deps } from "../../../api/deps.ts";
import { Problem } from "../../../base/problem.ts";
import { dlqTopicOf } from "../../../rocketmq/admin/dead-letters.ts";
import { queryByUniqKey } from "../../../rocketmq/admin/message-admin.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../../../rocketmq/errors.ts";
import { brokerRpc } from "../../../rocketmq/rpc/broker.ts";
import { releaseResent, resentOf, settleResent, type LetterKey, type Resent } from "../../../store/resent.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";

/** A send that was cut off may still wait at its broker, which drops what waits for longer than a moment (`waitTimeMillsInSendQueue`). */
const SETTLED_MS = 10_000;
/** Unknown ones that are looked for before one answer. */
const LOOKS = 200;

/** What tells a dead letter from others. */
type Letter = Pick<StoredMessage, "topic" | "brokerName" | "queueId" | "queueOffset" | "storeTimestamp"> & {
  /** Left out of one that was not read: it is known to the instance that sent it then. */
  offsetMsgId?: string;
};

export const keyOf = (instanceId: string, message: Letter & { offsetMsgId: string }): LetterKey => ({
  instanceId,
  topic: message.topic,
  brokerName: message.brokerName ?? "",
  queueId: message.queueId,
  queueOffset: message.queueOffset.toString(),
  storedAt: message.storeTimestamp,
  letterId: message.offsetMsgId,
});

/** What is kept of where a delayed one is: it is a message of its topic once it is due. */
export const dueAt = (at: number) => JSON.stringify({ dueAt: at });

function whereOf({ sentTo }: Pick<Resent, "sentTo">): Pick<ResentView, "sentTo" | "dueAt"> {
  if (sentTo === null) return { sentTo: null, dueAt: null };
  const where = JSON.parse(sentTo) as NonNullable<ResentView["sentTo"]> | { dueAt: number };
  return "dueAt" in where ? { sentTo: null, dueAt: where.dueAt } : { sentTo: where, dueAt: null };
}

/** As an instance tells it; a job of another instance is told of there. */
export const presentResent = (
  instanceId: string,
  { brokerName, queueId, queueOffset, ...row }: Resent,
): ResentView => ({
  place: { brokerName, queueId, queueOffset },
  state: row.state,
  target: row.target,
  msgId: row.msgId,
  ...whereOf(row),
  by: row.sentBy,
  at: row.at,
  jobId: row.instanceId === instanceId ? row.jobId : null,
});

export const sentTo = ({
  brokerName = "",
  queueId,
  queueOffset,
}: {
  brokerName?: string;
  queueId: number;
  queueOffset: bigint;
}) => JSON.stringify({ brokerName, queueId, queueOffset: queueOffset.toString() });

/**
 * What is known of dead letters that were sent once more. What was being sent by somebody who is gone is unknown, and what is unknown is looked
 * for: each was sent under an id of its own, which the index of its topic has where it arrived.
 */
export class Remembered {
  readonly #deps: Deps;
  readonly #cluster: RocketMQCluster;
  readonly #jobs = new Map<string, Promise<boolean>>();
  readonly #dispatched = new Map<string, Promise<boolean>>();
  #looks: number;

  constructor(deps: Deps, cluster: RocketMQCluster, looks = LOOKS) {
    this.#deps = deps;
    this.#cluster = cluster;
    this.#looks = looks;
  }

  /** Of a page of one queue those that are remembered, by `letterName`. */
  async of(instanceId: string, page: readonly Letter[], signal?: AbortSignal): Promise<Map<string, Resent>> {
    const [first] = page;
    if (first === undefined) return new Map();
    const { topic, brokerName = "", queueId } = first;
    const queue = { instanceId, topic, brokerName, queueId };
    const keys = page.map(({ queueOffset, storeTimestamp, offsetMsgId }) => {
      return { queueOffset: queueOffset.toString(), storedAt: storeTimestamp, letterId: offsetMsgId };
    });
    const rows = await resentOf(this.#deps.db, queue, keys);
    for (const [name, row] of rows) {
      const now = await this.#asItIs(row, signal);
      if (now === undefined) rows.delete(name);
      else rows.set(name, now);
    }
    return rows;
  }

  async #asItIs(row: Resent, signal?: AbortSignal): Promise<Resent | undefined> {
    if (row.state === "sent") return row;
    if (row.state === "sending" && (await this.#isBeingSent(row))) return row;
    const unknown: Resent = { ...row, state: "unknown" };
    if (row.state === "sending") await settleResent(this.#deps.db, row, { state: "unknown" });
    if (this.#looks <= 0) return unknown;
    this.#looks -= 1;
    return this.#look(unknown, signal);
  }

  /** A job that has ended sends nothing more; a copy that somebody sends by itself takes no longer than its deadline. */
  async #isBeingSent({ jobId, at }: Resent): Promise<boolean> {
    if (jobId === null) return this.#deps.now() - at < 60_000;
    const known = this.#jobs.get(jobId) ?? this.#runs(jobId);
    this.#jobs.set(jobId, known);
    return known;
  }

  async #runs(jobId: string): Promise<boolean> {
    try {
      return (await this.#deps.jobs.get(jobId)).finishedAt === null;
    } catch (error) {
      if (error instanceof Problem && error.code === "JOB_NOT_FOUND") return false;
      throw error;
    }
  }

  /** Undefined where it certainly did not arrive, so that it is forgotten. */
  async #look(row: Resent, signal?: AbortSignal): Promise<Resent | undefined> {
    const found = await this.#find(row, signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      asRocketMQError(error);
      return undefined;
    });
    if (found === null) {
      await releaseResent(this.#deps.db, row);
      return undefined;
    }
    if (found === undefined) return row;
    const place = sentTo(found);
    await settleResent(this.#deps.db, row, { state: "sent", sentTo: place });
    return { ...row, state: "sent", sentTo: place };
  }

  /** The message that was sent; null where it is certainly not there, undefined where nobody can say. */
  async #find(row: Resent, signal?: AbortSignal): Promise<StoredMessage | null | undefined> {
    const { target, msgId, at, topic } = row;
    // The index knows what its broker has dispatched, and only that: one that waits for its time is not of its topic yet.
    const isPlain = whereOf(row).dueAt === null;
    const whole = isPlain && this.#deps.now() - at > SETTLED_MS && (await this.#isDispatched(target));
    // A broker makes what it will not retry a dead letter at once.
    const group = topic.slice(dlqTopicOf("").length);
    const places = target === retryTopicOf(group) ? [target, topic] : [target];
    let certain = whole;
    for (const place of places) {
      const { items, failures } = await queryByUniqKey(this.#cluster, place, msgId, { signal });
      if (items[0] !== undefined) return items[0];
      if (failures.length > 0) certain = false;
    }
    return certain ? null : undefined;
  }

  /** Whether every master has dispatched all that it has stored: read before the index is asked. */
  #isDispatched(target: string): Promise<boolean> {
    const known = this.#dispatched.get(target);
    if (known !== undefined) return known;
    const asking = (async () => {
      const cluster = this.#cluster;
      const masters = await cluster.masters({ fresh: true });
      if (masters.failures.length > 0) return false;
      const { items, failures } = await cluster.fanOut(masters.targets, ({ addr }) =>
        cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}),
      );
      return failures.length === 0 && items.every(({ value }) => value.table.get("dispatchBehindBytes") === "0");
    })().catch((error: unknown) => {
      if (error instanceof RocketMQError) return false;
      throw error;
    });
    this.#dispatched.set(target, asking);
    return asking;
  }
}
