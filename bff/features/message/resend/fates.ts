import { z } from "zod";
import type { Failure } from "#contract/list.ts";
import type { MessageTold } from "#contract/message.ts";
import type { ResentFate } from "#contract/resend.ts";
import { RETRY_PREFIX } from "#contract/rules/names.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { Problem } from "../../../base/problem.ts";
import { askIndex } from "../../../rocketmq/admin/key-index.ts";
import { consumeStates } from "../../../rocketmq/admin/consume-state.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../../../rocketmq/cluster/fan-out.ts";
import { Replicas } from "../../../rocketmq/cluster/replicas.ts";
import { MessageConst } from "../../../rocketmq/codec/properties.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, RocketMQError } from "../../../rocketmq/errors.ts";
import { statesOf } from "../message-states.ts";
import { popRetryTopicsOf, retryTopicOf } from "./letters.ts";

/** Messages of a job that are looked at; a sample has no more. */
const LOOKED_AT = 100;
const SCHEDULE_TOPIC = "SCHEDULE_TOPIC_XXXX";

const Sent = z.object({
  msgId: z.string(),
  target: z.string(),
  sentTo: z.object({
    brokerName: z.string(),
    queueId: z.number(),
    queueOffset: z.string(),
    offsetMsgId: z.string(),
  }),
});
const Params = z.object({ group: z.string() });

interface SentRow extends z.infer<typeof Sent> {
  n: number;
  code: string | undefined;
}

/** What a job has sent: the first of them, and how many. Throws JOB_NOT_FOUND where it is none of that group. */
async function sentBy(deps: Deps, { instanceId, group, jobId }: { instanceId: string; group: string; jobId: string }) {
  const job = await deps.jobs.get(jobId);
  const ofGroup = Params.safeParse(job.params).data?.group === group;
  if (job.kind !== "resend.deadLetters" || job.instanceId !== instanceId || !ofGroup)
    throw new Problem("JOB_NOT_FOUND");
  const rows: SentRow[] = [];
  for await (const { n, data, state, code } of deps.jobs.results(jobId)) {
    const sent = state === "ok" || state === "failed" ? Sent.safeParse(data).data : undefined;
    if (sent !== undefined) rows.push({ n, code, ...sent });
    if (rows.length >= LOOKED_AT) break;
  }
  return { rows: rows.sort((a, b) => a.n - b.n), sent: Math.max(job.ok, rows.length) };
}

const fates: Readonly<Record<string, ResentFate>> = {
  toConsume: "waiting",
  neverCommitted: "waiting",
  pulled: "waiting",
  passed: "passed",
  filtered: "filtered",
  deadLetter: "deadAgain",
};

/** Copies of a message at its broker that wait for a retry, and those that a retry topic of the group had. */
async function retriesOf(
  cluster: RocketMQCluster,
  group: string,
  { msgId, target, sentTo }: SentRow,
  signal?: AbortSignal,
): Promise<{ waiting: number; came: StoredMessage[] }> {
  const broker = (await cluster.masters({ signal })).targets.find(({ brokerName }) => brokerName === sentTo.brokerName);
  if (broker === undefined) throw new RocketMQError("BROKER_GONE", `${sentTo.brokerName} is not listed`);
  const asked = { brokerName: broker.brokerName, master: broker.addr, slaves: [] };
  const ask = async (topic: string) => {
    const { messages } = await askIndex(
      cluster,
      new Replicas(),
      asked,
      { topic, key: msgId, unique: true },
      { signal },
    );
    return messages.filter(({ properties }) => properties.get(MessageConst.UNIQ_KEY) === msgId);
  };
  const retryTopics = [retryTopicOf(group), ...popRetryTopicsOf(group, target)];
  const [scheduled, ...came] = await Promise.all([SCHEDULE_TOPIC, ...retryTopics].map(ask));
  const real = (message: StoredMessage) => message.properties.get(MessageConst.REAL_TOPIC);
  const waits = (scheduled ?? []).filter((message) => real(message)?.startsWith(RETRY_PREFIX));
  const others = came.flat().filter(({ offsetMsgId }) => offsetMsgId !== sentTo.offsetMsgId);
  return { waiting: waits.length - others.length, came: others };
}

/** Of a message that the offset has passed: whether it waits for a retry, or its last retry does. */
async function afterPassing(
  cluster: RocketMQCluster,
  group: string,
  row: SentRow,
  signal?: AbortSignal,
): Promise<ResentFate> {
  const { waiting, came } = await retriesOf(cluster, group, row, signal);
  const last = came.toSorted((a, b) => b.storeTimestamp - a.storeTimestamp)[0];
  if (waiting > 0) return "retrying";
  if (last === undefined) return "passed";
  const { topic, queueId, queueOffset } = last;
  const at = { topic, brokerName: row.sentTo.brokerName, queueId, queueOffset };
  const { states, failures } = await consumeStates(cluster, group, [at], { signal });
  if (failures.length > 0) return "unknown";
  return states[0]?.state === "passed" ? "passed" : "retrying";
}

/** What became of the first messages that a job has sent, for the group that had given them up. */
export async function fatesOf(
  deps: Deps,
  place: { instanceId: string; group: string; jobId: string },
  signal?: AbortSignal,
): Promise<{ items: { n: number; msgId: string; fate: ResentFate }[]; sent: number; failures: Failure[]; at: number }> {
  const { instanceId, group } = place;
  const { rows, sent } = await sentBy(deps, place);
  if (rows.length === 0) return { items: [], sent, failures: [], at: deps.now() };
  const asking = askedBy(deps, signal);
  const messages = rows.map(({ msgId, target, sentTo }): MessageTold => ({ topic: target, msgId, ...sentTo }));
  const [cluster, told] = await Promise.all([
    asking.clusters.get(instanceId),
    statesOf(asking, { instanceId, group, messages }, signal),
  ]);
  const unread: FanOutFailure[] = [];
  const items = rows.map(({ n, msgId, code }, index) => {
    if (code === "deadAtOnce") return { n, msgId, fate: "deadAgain" as const };
    const state = told.states[index]?.state ?? "unknown";
    return { n, msgId, fate: fates[state] ?? ("unknown" as const) };
  });
  const passed = items.flatMap((item, index) => {
    const row = rows[index];
    return item.fate === "passed" && row !== undefined ? [{ item, row, brokerName: row.sentTo.brokerName }] : [];
  });
  await cluster.turns.each(
    passed,
    async ({ item, row, brokerName }) => {
      try {
        item.fate = await afterPassing(cluster, group, row, signal);
      } catch (error) {
        signal?.throwIfAborted();
        item.fate = "unknown";
        unread.push({ target: brokerName, error: asRocketMQError(error) });
      }
    },
    signal,
  );
  return { items, sent, failures: failuresOf(told.failures, unread), at: deps.now() };
}
