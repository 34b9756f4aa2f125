import pLimit from "p-limit";
import type { PlanWarning, Unkept } from "#contract/plan.ts";
import type { ProblemCode } from "#contract/problem.ts";
import type { ResendAsked, ResendLine, ResendPlan } from "#contract/resend.ts";
import { askedBy, type Deps } from "../../../api/deps.ts";
import { failureOf } from "../../../base/problem.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { warn } from "../../../cluster/plan-lines.ts";
import type { PlanKind } from "../../../cluster/plans.ts";
import { largestMessage, sendTarget, type SendTarget } from "../../../cluster/send-target.ts";
import { Usage } from "../../../cluster/topic-users.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { Failure } from "#contract/list.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { proxyRemotingAddrs } from "../../../store/proxies.ts";
import { resentIsFull } from "../../../store/resent.ts";
import { wayToGroup, type GroupWay } from "./group-way.ts";
import { retryTopicOf } from "../../../rocketmq/admin/retry-copies.ts";
import { lettersOf, rangesAt, rangesBetween, type LetterRange } from "./letters.ts";
import { Destinations } from "./destinations.ts";
import { Remembered } from "./remembered.ts";
import { Tally } from "./resend-tally.ts";

/** Dead letters, and bytes of them, that are read for a plan; what is told of more is told of these. */
const READ_MAX = 2000;
const READ_BYTES_MAX = 64 * 1024 * 1024;
/** Topics whose groups are looked up, and how many at a time. */
const TOPICS_MAX = 50;
const TOPICS_AT_ONCE = 4;

type Shown = Unkept<ResendPlan>;

interface Read {
  tally: Tally;
  matching: bigint | null;
  whole: boolean;
  failures: Failure[];
}

async function readLetters(
  deps: Deps,
  cluster: RocketMQCluster,
  asked: ResendAsked,
  signal?: AbortSignal,
): Promise<Read> {
  const found =
    asked.places === undefined
      ? await rangesBetween(cluster, asked.group, asked, { signal })
      : { ranges: rangesAt(asked.group, asked.places), failures: [] };
  const failures = failuresOf(found.failures);
  const tally = new Tally(asked, new Destinations(cluster, asked, { looks: TOPICS_MAX }));
  const remembered = new Remembered(deps, cluster);
  let bytes = 0;
  const isEnough = () => tally.read >= READ_MAX || bytes >= READ_BYTES_MAX || tally.isFull;
  let whole = found.failures.length === 0;
  const readRange = async (range: LetterRange) => {
    let next = range.from;
    for await (const page of lettersOf(cluster, range, { signal })) {
      await tally.add(page, await remembered.of(asked.instanceId, page, signal));
      bytes += page.reduce((sum, { storeSize }) => sum + storeSize, 0);
      next = (page.at(-1)?.queueOffset ?? next) + 1n;
      if (isEnough()) break;
    }
    if (isEnough() && next < range.to) whole = false;
  };
  for (const range of found.ranges) {
    if (isEnough()) {
      whole = false;
      break;
    }
    try {
      await readRange(range);
    } catch (error) {
      signal?.throwIfAborted();
      whole = false;
      failures.push(failureOf(range.brokerName, asRocketMQError(error)));
    }
  }
  const matching = found.ranges.reduce((sum, { from, to }) => sum + (to - from), 0n);
  const unread = matching === 0n && failures.length > 0;
  return { tally, matching: unread ? null : matching, whole, failures: onePerTarget(failures) };
}

const onePerTarget = (failures: readonly Failure[]) => [
  ...new Map(failures.toReversed().map((failure) => [failure.target, failure])).values(),
];

const lineOf = (
  { topic, topicType, consumers, offline, unseen, blocked }: SendTarget,
  messages: number,
): ResendLine => ({
  topic,
  messages,
  topicType,
  consumers,
  offline,
  unseen,
  blocked,
});

/** Topics that nothing is sent to; those that somebody was asked about first, whose answer a job would not get again. */
const blockedLines = ({ blocked }: Tally): ResendLine[] => {
  const nobody = { topicType: null, consumers: [], offline: 0, unseen: 0 };
  const lines = [...blocked].map(([topic, { why, messages }]) => ({ topic, messages, ...nobody, blocked: why }));
  const byName = lines.filter((line) => line.blocked === "SYSTEM_RESOURCE");
  return [...lines.filter((line) => !byName.includes(line)), ...byName].slice(0, TOPICS_MAX);
};

/** The retry topic of a group has its clients, whatever topics they subscribe to. */
const toGroup = (target: SendTarget, group: string, { clients, connections }: GroupWay): SendTarget => ({
  ...target,
  consumers: clients === null || clients === 0 ? [] : [{ group, clients }],
  offline: clients === 0 ? 1 : 0,
  unseen: clients === null ? 1 : 0,
  failures: failuresOf(target.failures, connections.failures),
});

async function targetsOf(
  deps: Deps,
  cluster: RocketMQCluster,
  { instanceId, group, target }: ResendAsked,
  tally: Tally,
  fresh: boolean,
): Promise<{ targets: SendTarget[]; way: GroupWay | undefined; more: number }> {
  const proxies = await proxyRemotingAddrs(deps.db, instanceId);
  const usage = new Usage(cluster, { proxies, now: deps.now(), fresh });
  if (target === "group" && tally.byTopic.size > 0) {
    const way = await wayToGroup(cluster, group, proxies);
    return { targets: [toGroup(await sendTarget(cluster, retryTopicOf(group), usage), group, way)], way, more: 0 };
  }
  const topics = target === "group" ? [] : [...tally.byTopic.keys()].sort();
  const targets = await pLimit(TOPICS_AT_ONCE).map(topics.slice(0, TOPICS_MAX), (topic) =>
    sendTarget(cluster, topic, usage),
  );
  return { targets, way: undefined, more: topics.length - targets.length };
}

function warningsOf(
  asked: ResendAsked,
  { tally, whole }: Read,
  { targets, goes, max }: { targets: readonly SendTarget[]; goes: number; max: number },
) {
  const { left } = tally;
  const blocked = [...tally.blocked.values()].reduce((sum, { messages }) => sum + messages, 0);
  const warnings: PlanWarning[] = [];
  const say = (key: string, count: number, params: PlanWarning["params"] = {}) =>
    count > 0 && warnings.push(warn(key, { stored: count, ...params }));
  if (!whole && asked.limit === undefined) say("notWhole", tally.read);
  if (asked.target === "original") say("allGroups", goes);
  else say("onlyGroup", goes, { group: asked.group });
  say("newIds", goes);
  if (asked.again !== "all") say("leftSent", left.sent);
  say("leftSending", left.sending);
  if (asked.again === "never") say("leftUnknown", left.unknown);
  say("noTopic", tally.noTopic);
  say("delayed", tally.delayed);
  say("transactional", tally.transactional);
  say("damaged", tally.damaged);
  say("blocked", blocked);
  if (targets.some(({ topicType }) => topicType === "FIFO") || tally.sharded > 0) say("inOrder", goes);
  if (tally.largest > max) say("tooLarge", 1, { bytes: max, largest: tally.largest });
  for (const { topic, offline } of targets)
    if (asked.target === "original") say("offline", offline, { topic });
    else say("groupOffline", offline, { group: asked.group });
  return warnings;
}

function blockadeOf(
  { popped, read }: Tally,
  goes: number,
  lines: readonly ResendLine[],
  way: GroupWay | undefined,
): ProblemCode | null {
  if (popped > 0) return "RESEND_POPS";
  if (goes > 0) return way?.blocked ?? null;
  const named = lines.reduce((sum, { messages }) => sum + messages, 0);
  return (named === read ? lines[0]?.blocked : null) ?? "NOTHING_TO_CHANGE";
}

async function prepared(deps: Deps, asked: ResendAsked, fresh: boolean, signal?: AbortSignal): Promise<Shown> {
  const cluster = await deps.clusters.get(asked.instanceId, signal);
  const read = await readLetters(deps, cluster, asked, signal);
  const { tally, matching, whole, failures } = read;
  const found = await targetsOf(deps, cluster, asked, tally, fresh);
  const queues = found.targets.flatMap((target) => target.queues);
  const max = queues.length === 0 ? Infinity : await largestMessage(cluster, queues);
  const full = await resentIsFull(deps.db, deps.now());
  const lines = found.targets.map((target) => lineOf(target, tally.byTopic.get(target.topic) ?? 0));
  // Whoever was asked first may have said something else.
  const refused = lines.filter(({ blocked }) => blocked !== null).reduce((sum, { messages }) => sum + messages, 0);
  const goes = tally.goes - refused;
  const changes = [...lines, ...blockedLines(tally)].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  const warnings = warningsOf(asked, read, { targets: found.targets, goes, max });
  if (found.more > 0) warnings.push(warn("moreTopics", { stored: found.more }));
  return {
    asked,
    changes,
    matching: matching?.toString() ?? null,
    read: tally.read,
    whole,
    goes,
    ...tally.left,
    oldest: tally.oldest,
    newest: tally.newest,
    blocked: full ? "RESENT_FULL" : blockadeOf(tally, goes, changes, found.way),
    warnings: [...warnings, ...(found.way?.warnings ?? [])],
    commands: [],
    failures: onePerTarget([...failures, ...found.targets.flatMap((target) => target.failures)]),
  };
}

/** Whether no more would go than was shown, nowhere else, and to nobody else. */
function isNoMore(shown: Shown, now: Shown): boolean {
  const lines = new Map(shown.changes.map((line) => [line.topic, line]));
  return (
    shown.blocked === now.blocked &&
    now.goes <= shown.goes &&
    now.changes.every((line) => {
      const before = lines.get(line.topic);
      const groups = new Set(before?.consumers.map(({ group }) => group));
      return (
        before !== undefined &&
        before.blocked === line.blocked &&
        line.messages <= before.messages &&
        line.consumers.every(({ group }) => groups.has(group))
      );
    })
  );
}

/** Sends dead letters once more, by a job that `start` begins. */
export const resending = (deps: Deps, start?: (shown: Shown) => Promise<void>): PlanKind<ResendAsked, ResendPlan> => ({
  kind: "resend.deadLetters",
  subject: ({ group }) => group,
  prepare: async (asked, { applying, signal }) => {
    const shown = await prepared(applying ? deps : askedBy(deps, signal), asked, applying, signal);
    return {
      shown,
      params: { topic: shown.changes[0]?.topic ?? "", group: asked.group },
      apply: async (shown) => {
        await start?.(shown);
        return [];
      },
    };
  },
  holds: isNoMore,
});
