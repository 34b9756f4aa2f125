import { encodeOffsetMsgId, type OffsetMsgId } from "../codec/message-id.ts";
import { beginsMessage, decodeMessages, type StoredMessage } from "../codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../errors.ts";
import { messageRpc } from "../rpc/message.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";
import { noMaster, Replicas, type ReplicaAddrs } from "../cluster/replicas.ts";
import type { BrokerGroup } from "../cluster/targets.ts";
import type { QueryOptions } from "./key-index.ts";

const SYSTEM_ERROR = 1;

/** For all brokers together: an id asks each of them when nobody is registered under the address in it. */
const DEADLINE_MS = 10_000;

const replicasOf = ({ brokerName, master, replicas }: BrokerGroup): ReplicaAddrs => ({
  brokerName,
  master,
  slaves: replicas.filter(({ role }) => role === "slave").map(({ addr }) => addr),
});

/**
 * The message that an offsetMsgId names, and who could not be asked for it. A broker may be registered by a host name, or under another address than it
 * had when it stored the message: whoever is registered under the address in the id is asked first, then everybody, and the stored record decides; where
 * none names the id, what the master of that address has at the offset is it.
 * An id comes from people, so an address that no name server lists is never connected to.
 * Throws what the broker of that address fails with, BROKER_GONE where it vanished.
 */
export async function viewByOffsetMsgId(
  cluster: RocketMQCluster,
  wanted: OffsetMsgId,
  { topic, signal }: QueryOptions & { topic?: string } = {},
): Promise<{ message?: StoredMessage; failures: FanOutFailure[] }> {
  const { host, port, offset } = wanted;
  const id = encodeOffsetMsgId(wanted);
  const isMeant = (addr: string | undefined) => addr === `${host}:${port}` || addr === `[${host}]:${port}`;
  const groups = await cluster.brokers({ fresh: true, signal });
  const targets = groups.map((group) => ({ name: group.brokerName, addr: group.master ?? "", group }));
  /** What the master of that very address has there, whatever the record says of itself: the official tools ask no further. */
  let there: StoredMessage | undefined;
  const ask = async ({ group }: { group: BrokerGroup }): Promise<StoredMessage | undefined> => {
    const message = await storedAt(cluster, replicasOf(group), { offset, topic, signal });
    if (message?.offsetMsgId === id) return message;
    if (isMeant(group.master)) there = message;
    // A slave may have less than the master that died.
    if (group.master === undefined) throw noMaster(group.brokerName);
  };
  const isNamed = ({ group }: { group: BrokerGroup }) => group.replicas.some(({ addr }) => isMeant(addr));
  const failures: FanOutFailure[] = [];
  for (const some of [targets.filter(isNamed), targets.filter((target) => !isNamed(target))]) {
    const asked = await cluster.fanOut(some, ask, { signal, deadlineMs: DEADLINE_MS });
    const message = asked.items.find(({ value }) => value !== undefined)?.value;
    if (message !== undefined) return { message, failures: [] };
    failures.push(...asked.failures);
  }
  if (there !== undefined) return { message: there, failures: [] };
  failures.push(...(await cluster.goneMasters({ signal })));
  const own = failures.find(({ error }) => isMeant(error.address));
  if (own !== undefined) throw own.error;
  return { failures };
}

/** The message that a broker has at an offset of its commit log; undefined where none begins there. */
export async function storedAt(
  cluster: RocketMQCluster,
  broker: ReplicaAddrs,
  at: { offset: bigint; topic?: string; signal?: AbortSignal },
): Promise<StoredMessage | undefined> {
  const body = await bodyAt(cluster, broker, at).catch((error: unknown) => {
    const { code, responseCode } = asRocketMQError(error);
    const noMessage = responseCode === SYSTEM_ERROR && code !== "SIGNATURE_FAILED" && code !== "NO_PERMISSION";
    if (!noMessage) throw error;
  });
  // Between two records a broker reads a size from the middle of a message: what it gives then is none.
  const [message] = body && beginsMessage(body) ? decodeMessages(body, broker.brokerName, 1).messages : [];
  return message?.physicalOffset === at.offset ? message : undefined;
}

/** As many bytes from the offset on as the first four of them say. */
async function bodyAt(
  cluster: RocketMQCluster,
  broker: ReplicaAddrs,
  { offset, topic, signal }: { offset: bigint; topic?: string; signal?: AbortSignal },
): Promise<Buffer> {
  const { body } = await new Replicas().ask(broker, async (address) => {
    const answer = await cluster.call(messageRpc.viewMessageById, address, { offset, topic }, { signal });
    if (answer.body.length >= 4 && answer.body.readInt32BE(0) !== answer.body.length)
      throw new RocketMQError("MALFORMED_RESPONSE", `${address} gave a torn message at ${offset}`, { address });
    return answer;
  });
  return body;
}
