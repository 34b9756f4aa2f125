import type { StoredMessage } from "../codec/stored-message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { messageRpc } from "../rpc/message.ts";
import { offsetRpc } from "../rpc/offset.ts";
import { queuesAt, scanQueue, type At } from "./queue-scan.ts";

const HALF_TOPIC = "RMQ_SYS_TRANS_HALF_TOPIC";
const OP_TOPIC = "RMQ_SYS_TRANS_OP_HALF_TOPIC";
export const DISCARDED_TOPIC = "TRANS_CHECK_MAX_TIME_TOPIC";
/** The group by whose offsets a broker knows how far its checks are. */
const TRANS_GROUP = "CID_RMQ_SYS_TRANS";
/** The tag of a record that names half messages as done. */
const DONE = "d";
/** Where a half message lay that was put back before its first check. */
const PREPARED_QUEUE_OFFSET = "TRAN_PREPARED_QUEUE_OFFSET";

/** Records of what is done are small: so many are read for each half message that is. */
const OPS_OF_HALF = 4;

/** Offsets of half messages that a record names as committed or rolled back: one before 5.0, several between commas since. */
export const doneOffsets = (body: Buffer): string[] =>
  body
    .toString("latin1")
    .split(",")
    .filter((offset) => /^\d{1,19}$/.test(offset));

export interface HalfScan {
  /** Oldest first. */
  pending: StoredMessage[];
  read: number;
  of: bigint;
}

async function checkedTo(cluster: RocketMQCluster, { addr }: At, topic: string, queueId: number, signal?: AbortSignal) {
  const header = { consumerGroup: TRANS_GROUP, topic, queueId, setZeroIfNotFound: false };
  const { offset } = await cluster.call(offsetRpc.queryConsumerOffset, addr, header, { signal });
  return offset === undefined || offset < 0n ? undefined : offset;
}

const later = (a: bigint, b: bigint | undefined) => (b !== undefined && b > a ? b : a);

/**
 * Half messages of a master that are neither committed nor rolled back, as its own checks find them: what lies from the checks' offset on
 * and is named by no record of the op topic. One that was asked about is put back at the end: the last record of an id counts.
 * Brokers since 5.0 write what was done some seconds late. Source: TransactionalMessageServiceImpl.java.
 */
export async function pendingHalf(
  cluster: RocketMQCluster,
  at: At,
  most: number,
  signal?: AbortSignal,
): Promise<HalfScan> {
  const scan: HalfScan = { pending: [], read: 0, of: 0n };
  for (const { queueId, minOffset, maxOffset } of await queuesAt(cluster, at, HALF_TOPIC, signal)) {
    const { brokerName, addr } = at;
    const from = later(minOffset, await checkedTo(cluster, at, HALF_TOPIC, queueId, signal));
    const end = maxOffset - from > BigInt(most) ? from + BigInt(most) : maxOffset;
    const found = new Map<string, StoredMessage>();
    scan.of += maxOffset > from ? maxOffset - from : 0n;
    const queue = { topic: HALF_TOPIC, brokerName, queueId };
    const { read } = await scanQueue(cluster, addr, queue, { from, end, signal }, (message) =>
      found.set(message.msgId, message),
    );
    // Read after them: who was done meanwhile is no longer pending. Where not all of it can be read, nobody knows of any.
    const done = await doneIn(cluster, at, queueId, most, signal);
    if (done === undefined) continue;
    scan.read += read;
    scan.pending.push(
      ...[...found.values()].filter(
        ({ queueOffset, properties }) =>
          !done.has(queueOffset.toString()) && !done.has(properties.get(PREPARED_QUEUE_OFFSET) ?? ""),
      ),
    );
  }
  scan.pending.sort((a, b) => a.bornTimestamp - b.bornTimestamp);
  return scan;
}

/** Offsets of those that are done; undefined where there are more records of them than are read, for each counts. */
async function doneIn(
  cluster: RocketMQCluster,
  at: At,
  queueId: number,
  most: number,
  signal?: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const bounds = (await queuesAt(cluster, at, OP_TOPIC, signal)).find((one) => one.queueId === queueId);
  const done = new Set<string>();
  if (bounds === undefined) return done;
  const from = later(bounds.minOffset, await checkedTo(cluster, at, OP_TOPIC, queueId, signal));
  const end = bounds.maxOffset;
  if (end - from > BigInt(most * OPS_OF_HALF)) return undefined;
  const queue = { topic: OP_TOPIC, brokerName: at.brokerName, queueId };
  const { whole } = await scanQueue(cluster, at.addr, queue, { from, end, signal }, ({ tags, storedBody }) => {
    if (tags !== DONE) return;
    for (const offset of doneOffsets(storedBody)) done.add(offset);
  });
  return whole ? done : undefined;
}

/** Puts a discarded half message back, its questions counted anew. */
export const resumeHalf = (cluster: RocketMQCluster, addr: string, offsetMsgId: string): Promise<void> =>
  cluster.call(messageRpc.resumeHalfMessage, addr, { topic: DISCARDED_TOPIC, msgId: offsetMsgId });
