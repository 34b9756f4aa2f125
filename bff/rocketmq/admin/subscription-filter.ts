import { PullConsumer } from "../client/pull-consumer.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { asRocketMQError, type RocketMQError } from "../errors.ts";
import type { SubscriptionData } from "../rpc/group.ts";
import type { MessagePosition } from "./consume-state.ts";

/** Whether clients that subscribe so pass over the tag. False also where their filter is no list of tags; "*" among tags is one of them. Source: FilterAPI.java, PullAPIWrapper.java. */
export function leavesOutTag({ tagsSet, subString, classFilterMode }: SubscriptionData, tag: string | null): boolean {
  if (classFilterMode || subString === "*" || tagsSet.every((one) => one === "*")) return false;
  return tag === null || !tagsSet.includes(tag);
}

/** What a broker does with a message for a subscription; `unknown`: it did not say. */
interface Tried {
  verdict: "match" | "noMatch" | "refused" | "unknown";
  /** The broker gives it, for its tag has the hash of one that is wanted, and clients leave it out. */
  byHashOnly: boolean;
  /** Of `refused`: why, where the broker said it. */
  remark: string | null;
}

const SYSTEM_ERROR = 1;
/** SUBSCRIPTION_PARSE_FAILED, FILTER_DATA_NOT_EXIST. */
const REFUSALS = new Set([23, 27]);

/** Whether it is the expression that a broker does not take: one without `enablePropertyFilter` has no code of its own for it. Source: PullMessageProcessor.java. */
const isRefusal = ({ responseCode, remark = "" }: RocketMQError): boolean =>
  responseCode !== undefined &&
  (REFUSALS.has(responseCode) || (responseCode === SYSTEM_ERROR && remark.includes("consumer to filter message by")));

/**
 * Pulls the message as clients with that subscription do. Throws what the broker says of anything but the expression.
 * A broker that cannot read a condition gives all messages, with its opposite too: that is a refusal. Source: ConsumerFilterManager.java, ExpressionMessageFilter.java.
 */
export async function tryFilter(
  cluster: RocketMQCluster,
  { type, expression }: { type: "TAG" | "SQL92"; expression: string },
  position: MessagePosition,
  options: { signal?: AbortSignal } = {},
): Promise<Tried> {
  if (type === "TAG") return pullWith(cluster, { tags: expression }, position, options);
  const tried = await pullWith(cluster, { sql92: expression }, position, options);
  if (tried.verdict !== "match") return tried;
  const opposite = await pullWith(cluster, { sql92: `NOT (${expression})` }, position, options);
  return opposite.verdict === "match" ? { ...tried, verdict: "refused" } : tried;
}

async function pullWith(
  cluster: RocketMQCluster,
  filter: { tags: string } | { sql92: string },
  { topic, brokerName = "", queueId, queueOffset }: MessagePosition,
  options: { signal?: AbortSignal },
): Promise<Tried> {
  const place = { topic, brokerName, queueId };
  const told = (verdict: Tried["verdict"]): Tried => ({ verdict, byHashOnly: false, remark: null });
  try {
    const pull = { maxNums: 1, ...filter, signal: options.signal };
    const { status, messages, nextBeginOffset } = await new PullConsumer(cluster).pull(place, queueOffset, pull);
    if (status === "NO_MATCHED") return told("noMatch");
    if (status !== "FOUND") return told("unknown");
    if (messages.some((message) => message.queueOffset === queueOffset)) return told("match");
    // The message was given, and taken out here as clients do.
    return { ...told("noMatch"), byHashOnly: messages.length === 0 && nextBeginOffset === queueOffset + 1n };
  } catch (error) {
    options.signal?.throwIfAborted();
    const known = asRocketMQError(error);
    if (!isRefusal(known)) throw known;
    return { verdict: "refused", byHashOnly: false, remark: known.remark ?? known.message };
  }
}

/** Whether a subscription leaves a message out; a condition on properties is tried by the broker itself, and false where it does not say. */
export async function leavesOut(
  cluster: RocketMQCluster,
  subscription: SubscriptionData,
  { tag, ...position }: MessagePosition & { tag: string | null },
  options: { signal?: AbortSignal } = {},
): Promise<boolean> {
  const { expressionType, subString } = subscription;
  if (expressionType !== "SQL92") return leavesOutTag(subscription, tag);
  try {
    const tried = await tryFilter(cluster, { type: expressionType, expression: subString }, position, options);
    return tried.verdict === "noMatch";
  } catch (error) {
    options.signal?.throwIfAborted();
    asRocketMQError(error);
    return false;
  }
}
