import type { PlanWarning, Unkept } from "#contract/plan.ts";
import type { Copied, CopyAsked, CopyPlan } from "#contract/resend.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { failureOf, Problem } from "../../../base/problem.ts";
import { ownTopicWarnings } from "../../../cluster/group-of-topic.ts";
import { refused, warn } from "../../../cluster/plan-lines.ts";
import type { PlanKind, PlanPlace, Prepared } from "../../../cluster/plans.ts";
import { largestMessage, sendTarget, timerWarnings, type SendTarget } from "../../../cluster/send-target.ts";
import { Usage } from "../../../cluster/topic-users.ts";
import type { OutgoingMessage } from "../../../rocketmq/client/outgoing-message.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import type { SendResult } from "../../../rocketmq/client/send-result.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../../rocketmq/errors.ts";
import { proxyRemotingAddrs } from "../../../store/proxies.ts";
import { claimAgain, claimNew, letterName, releaseResent, settleResent, type Resent } from "../../../store/resent.ts";
import { messageAt } from "../message-queue.ts";
import { editedOf, editsIn, faultOf, groupOf } from "./copy-edit.ts";
import { wayToGroup, type GroupWay } from "./group-way.ts";
import { wasPopped } from "./letters.ts";
import { lostIn } from "./outgoing.ts";
import { dueAt, keyOf, presentResent, Remembered, sentTo } from "./remembered.ts";
import { RESEND_GROUP } from "./resend.job.ts";

type Shown = Unkept<CopyPlan>;
type Sent = Pick<Copied, "sent" | "dueAt">;

function warningsOf(
  asked: CopyAsked,
  message: StoredMessage,
  { target, max, size }: { target: SendTarget; max: number; size: number },
): PlanWarning[] {
  const { topicType } = target;
  const lost = lostIn(message);
  const delays = asked.delaySeconds !== undefined;
  return [
    warn("newIds", { stored: 1 }),
    ...(asked.onlyGroup ? [warn("onlyGroup", { stored: 1, group: groupOf(message.topic) ?? "" })] : []),
    ...(lost.delay && !delays ? [warn("delayed", { stored: 1 })] : []),
    ...(lost.transaction ? [warn("transactional", { stored: 1 })] : []),
    ...(topicType === "FIFO" ? [warn("inOrder", { stored: 1 })] : []),
    ...(topicType === "DELAY" && !delays ? [warn("noDelay")] : []),
    ...(delays && topicType !== null && topicType !== "DELAY" && topicType !== "MIXED" && topicType !== "UNSPECIFIED"
      ? [warn("otherType", { topicType })]
      : []),
    ...(size > max ? [warn("tooLarge", { stored: 1, bytes: max, largest: size })] : []),
    ...(target.offline > 0 ? [warn("offline", { stored: target.offline, topic: target.topic })] : []),
    ...(message.bodyIntact ? [] : [warn("damaged", { stored: 1 })]),
  ];
}

/** Of a copy for one group: who of it is online, and what forbids it. */
async function reachOf(
  cluster: RocketMQCluster,
  asked: CopyAsked,
  message: StoredMessage,
  target: SendTarget,
  proxies: readonly string[],
): Promise<{ target: SendTarget; way?: GroupWay }> {
  const group = groupOf(message.topic);
  if (!asked.onlyGroup || group === undefined) return { target };
  const way = await wayToGroup(cluster, group, proxies);
  const { clients } = way;
  const consumers = clients === null || clients === 0 ? [] : [{ group, clients }];
  const blocked = wasPopped(message, group) ? "RESEND_POPS" : way.blocked;
  const reached = { ...target, consumers, offline: clients === 0 ? 1 : 0, unseen: clients === null ? 1 : 0 };
  return { target: reached, way: { ...way, blocked } };
}

/** What a copy is, before it is sent. */
interface CopyToBe {
  target: string;
  msgId: string;
  edited: CopyPlan["changes"][number]["edited"];
}

interface Hears {
  sending?: (copy: CopyToBe) => void;
  sent?: (sent: Sent) => void;
}

interface Sending {
  cluster: RocketMQCluster;
  message: StoredMessage;
  by: string;
  maxMessageSize: number;
  queues: SendTarget["queues"];
  sending: Hears["sending"];
}

/** When a delayed copy that a broker took is due; undefined where it was delivered at once, as by a broker without timers. */
async function dueOf(
  { cluster, queues }: Sending,
  { deliverAt }: OutgoingMessage,
  { brokerName }: { brokerName: string },
): Promise<number | undefined> {
  if (deliverAt === undefined) return undefined;
  const told = await timerWarnings(
    cluster,
    queues.filter((queue) => queue.brokerName === brokerName),
  );
  return told.some(({ key }) => key === "noTimers") ? undefined : deliverAt;
}

/** Sends a copy; of a dead letter it is remembered as being sent before, and what became of it after. */
async function send(deps: Deps, asked: CopyAsked, sending: Sending): Promise<Omit<Copied, "undo">> {
  const { cluster, message, by, maxMessageSize } = sending;
  const outgoing = editedOf(message, asked, deps.now());
  const producer = new Producer(cluster, { group: RESEND_GROUP, maxMessageSize });
  const msgId = producer.nextId();
  sending.sending?.({ target: outgoing.topic, msgId, edited: editsIn(asked) });
  const due = outgoing.deliverAt === undefined ? null : dueAt(outgoing.deliverAt);
  const claim =
    groupOf(message.topic) === undefined
      ? undefined
      : await claimed(deps, cluster, asked, message, { target: outgoing.topic, msgId, by, due });
  let sent: SendResult;
  try {
    sent = await producer.send(outgoing, { msgId });
  } catch (error) {
    if (!(error instanceof RocketMQError)) throw error;
    const outcome = { target: outgoing.topic, ...refused(outgoing.topic, error) };
    if (claim !== undefined && outcome.unknown === true) await settleResent(deps.db, claim.row, { state: "unknown" });
    else if (claim !== undefined) await releaseResent(deps.db, claim.row, claim.before);
    return { outcomes: [outcome], sent: null, dueAt: null };
  }
  // The offset of a delayed one is that of the topic in which it waits.
  if (claim !== undefined) await settleResent(deps.db, claim.row, { state: "sent", sentTo: due ?? sentTo(sent) });
  const { brokerName, queueId, queueOffset, sendStatus } = sent;
  const outcomes = [{ target: brokerName, ok: true }];
  const waitsUntil = await dueOf(sending, outgoing, sent);
  if (waitsUntil !== undefined) return { outcomes, sent: null, dueAt: waitsUntil };
  if (claim !== undefined && due !== null) await settleResent(deps.db, claim.row, { sentTo: sentTo(sent) });
  const told = { topic: outgoing.topic, brokerName, queueId, queueOffset: queueOffset.toString(), msgId, sendStatus };
  return { outcomes, sent: told, dueAt: null };
}

/** Somebody who sends a copy of a dead letter by itself has been shown whether it was sent before. */
async function claimed(
  deps: Deps,
  cluster: RocketMQCluster,
  { instanceId }: CopyAsked,
  message: StoredMessage,
  { target, msgId, by, due }: { target: string; msgId: string; by: string; due: string | null },
) {
  const key = keyOf(instanceId, message);
  const before = (await new Remembered(deps, cluster).of(instanceId, [message])).get(letterName(key));
  if (before?.state === "sending") throw new Problem("CONFLICT");
  const row: Resent = {
    ...key,
    target,
    msgId,
    state: "sending",
    sentTo: due,
    sentBy: by,
    at: deps.now(),
    jobId: null,
  };
  const mine =
    before === undefined ? (await claimNew(deps.db, [row])).size > 0 : await claimAgain(deps.db, before, row);
  if (!mine) throw new Problem("CONFLICT");
  return { row, before };
}

async function prepared(
  deps: Deps,
  asked: CopyAsked,
  { fresh, by, signal }: { fresh: boolean; by: string; signal?: AbortSignal },
  hears: Hears,
): Promise<Prepared<CopyPlan>> {
  const { instanceId } = asked;
  const cluster = await deps.clusters.get(instanceId, signal);
  const { message } = await messageAt(cluster, asked, signal);
  const outgoing = editedOf(message, asked, deps.now());
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const usage = new Usage(cluster, { proxies, now: deps.now(), fresh });
  const found = await sendTarget(cluster, outgoing.topic, usage);
  const { target, way } = await reachOf(cluster, asked, message, found, proxies);
  const max = await largestMessage(cluster, target.queues);
  const blocked = way?.blocked ?? target.blocked;
  const illegal = blocked === null ? faultOf(outgoing, max) : undefined;
  // Whoever applies it all the same is told why, too.
  if (illegal !== undefined && fresh) throw illegal;
  const known =
    groupOf(message.topic) === undefined
      ? []
      : [...(await new Remembered(deps, cluster).of(instanceId, [message], signal)).values()];
  const shown: Shown = {
    changes: [
      {
        topic: outgoing.topic,
        topicType: target.topicType,
        brokers: target.brokers,
        consumers: target.consumers,
        offline: target.offline,
        unseen: target.unseen,
        bodySize: outgoing.packed === undefined ? outgoing.body.length : null,
        edited: editsIn(asked),
        dueAt: outgoing.deliverAt ?? null,
      },
    ],
    resent: known.map((row) => presentResent(instanceId, row))[0] ?? null,
    blocked: illegal?.code ?? blocked,
    warnings: [
      ...warningsOf(asked, message, { target, max, size: outgoing.body.length }),
      ...(asked.onlyGroup ? [] : await ownTopicWarnings(cluster, outgoing.topic)),
      ...(asked.delaySeconds === undefined ? [] : await timerWarnings(cluster, target.queues)),
      ...(way?.warnings ?? []),
    ],
    commands: [],
    failures: [...target.failures, ...(illegal === undefined ? [] : [failureOf(outgoing.topic, illegal)])],
  };
  return {
    shown,
    params: { topic: outgoing.topic, group: groupOf(message.topic) ?? "" },
    unshown: message.offsetMsgId,
    apply: async () => {
      const { outcomes, ...sent } = await send(deps, asked, {
        cluster,
        message,
        by,
        maxMessageSize: max,
        queues: target.queues,
        sending: hears.sending,
      });
      hears.sent?.(sent);
      return outcomes;
    },
  };
}

/** Whether a copy would go where was shown, to nobody else, and of what was not sent meanwhile. */
function isSameCopy(shown: Shown, now: Shown): boolean {
  const groups = new Set(shown.changes.flatMap(({ consumers }) => consumers.map(({ group }) => group)));
  return (
    shown.blocked === now.blocked &&
    shown.resent?.msgId === now.resent?.msgId &&
    now.changes.every(({ topic, consumers }) => {
      const sameTopic = shown.changes.some((line) => line.topic === topic);
      return sameTopic && consumers.every(({ group }) => groups.has(group));
    })
  );
}

export const subjectOfCopy = ({
  topic,
  brokerName,
  queueId,
  queueOffset,
}: Pick<CopyAsked, "topic" | "brokerName" | "queueId" | "queueOffset">) =>
  `${topic} ${brokerName} ${queueId} ${queueOffset}`;

/** Sends a copy of a message, edited or as it is, as a new one. */
export const copying = (deps: Deps, by: PlanPlace["user"], hears: Hears = {}): PlanKind<CopyAsked, CopyPlan> => ({
  kind: "resend.copy",
  subject: subjectOfCopy,
  prepare: (asked, { applying, signal }) =>
    prepared(applying ? deps : askedBy(deps, signal), asked, { fresh: applying, by: by.username, signal }, hears),
  holds: isSameCopy,
});
