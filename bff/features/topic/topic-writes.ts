import type { Outcome } from "#contract/list.ts";
import type { CreateTopic, TopicPlan } from "#contract/topic.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { apartFromGone, failuresOf } from "../../cluster/failures.ts";
import { Problem } from "../../base/problem.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import {
  assertBrokers,
  assertChanges,
  linesDone,
  linesToUndo,
  outcomesOf,
  writeLines,
} from "../../cluster/plan-lines.ts";
import type { PlanKind, Prepared } from "../../cluster/plans.ts";
import type { Stats } from "../../cluster/topic-producers.ts";
import { changeOrderConf, parseOrderConf, readOrderConf, type OrderConf } from "../../rocketmq/admin/order-conf.ts";
import { topicStats, writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { readRemarks, writeRemark } from "../../store/remarks.ts";
import { find, forgetTopic, type Found } from "./topic-found.ts";
import { planCreate, planUpdate, type Update } from "./topic-plan.ts";

function assertQueues(deps: Deps, queues: Record<string, number | undefined>): void {
  const max = deps.config.maxQueuesPerBroker;
  const issues = Object.entries(queues)
    .filter(([, value]) => value !== undefined && value > max)
    .map(([path]) => ({ path, message: "queues.tooMany" }));
  if (issues.length > 0) throw new Problem("BAD_REQUEST", { issues, params: { max } });
}

/** Clients learn the queues of an ordered topic from the name servers, so that a lost broker does not move its keys. */
async function keepOrderConf(
  cluster: RocketMQCluster,
  topic: string,
  change: (stored: OrderConf) => OrderConf,
): Promise<Outcome[]> {
  const { failures } = await changeOrderConf(cluster, topic, change);
  return outcomesOf({ items: [], failures });
}

type Changes = TopicPlan["changes"];

const queuesOf = (changes: Changes) =>
  changes.flatMap(({ brokerName, after }): [string, number][] =>
    after === null ? [] : [[brokerName, after.writeQueues]],
  );

const keepRemark = (deps: Deps, { instanceId, topic }: { instanceId: string; topic: string }, remark: string) =>
  writeRemark(deps.db, { instanceId, kind: "topic", name: topic }, remark);

/** After a topic was made, the name servers learn where; what an earlier one of the name left there stays for brokers that cannot be asked. */
function orderOfNew({ gone, state }: Found, made: readonly [string, number][]) {
  const unasked = new Set([...gone, ...state.failures.map(({ target }) => target)]);
  return (stored: OrderConf): OrderConf => new Map([...[...stored].filter(([name]) => unasked.has(name)), ...made]);
}

async function create(
  deps: Deps,
  input: CreateTopic,
  found: Found,
  { changes, failures }: Pick<TopicPlan, "changes" | "failures">,
) {
  const { cluster, state } = found;
  const keepTypes = new Set(state.at.filter(({ keepsTypes }) => keepsTypes).map(({ addr }) => addr));
  const outcomes = await writeLines(cluster, changes, failures, ({ addr }) =>
    writeTopic(cluster, addr, {
      topic: input.topic,
      readQueueNums: input.queues,
      writeQueueNums: input.queues,
      perm: input.perm,
      order: input.order,
      attributes: keepTypes.has(addr) ? [`+message.type=${input.messageType}`] : undefined,
    }),
  );
  const made = queuesOf(linesDone(changes, outcomes));
  if (made.length > 0) {
    if (input.order) outcomes.push(...(await keepOrderConf(cluster, input.topic, orderOfNew(found, made))));
    await keepRemark(deps, input, input.remark);
  }
  forgetTopic(cluster, input.topic);
  return outcomes;
}

export const topicCreation = (deps: Deps): PlanKind<CreateTopic, TopicPlan> => ({
  kind: "topic.create",
  subject: ({ topic }) => topic,
  async prepare(input, { signal }) {
    assertQueues(deps, { queues: input.queues });
    const found = await find(askedBy(deps, signal), input);
    assertBrokers(input.brokers, found.state.at, found.state.failures);
    const shown = planCreate(input, found);
    return { shown, params: { topic: input.topic }, apply: () => create(deps, input, found, shown) };
  },
});

/** Messages that a broker has in queues from a number on; null where it did not tell. */
const storedBeyond = (stats: Stats) => (brokerName: string, queues: number) => {
  if (stats.failures.some(({ target }) => target === brokerName)) return null;
  return stats.items
    .filter((item) => item.target.brokerName === brokerName)
    .flatMap(({ value }) => value.offsetTable)
    .filter(([{ queueId }]) => queueId >= queues)
    .reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
};

/**
 * After queues changed, the name servers learn of the brokers that did it; what they say of others stays. Where they know
 * nothing of an ordered topic they are told all of it, but never of a part: clients would use that part alone.
 */
function orderAfter({ state, gone }: Found, changes: Changes, outcomes: readonly Outcome[]) {
  const whole = state.failures.length === 0 && gone.length === 0 && outcomes.every(({ ok }) => ok);
  const ordered = whole ? changes.filter(({ after }) => after?.order === true) : [];
  const done = linesDone(changes, outcomes).filter(({ before, after }) => before?.writeQueues !== after?.writeQueues);
  return (stored: OrderConf): OrderConf =>
    new Map(stored.size === 0 ? queuesOf(ordered) : [...stored, ...queuesOf(done)]);
}

async function update(deps: Deps, { instanceId, topic }: Update, found: Found, shown: Prepared<TopicPlan>["shown"]) {
  const { cluster, configs, state } = found;
  const { changes, remark } = shown;
  const outcomes: Outcome[] = [];
  if (changes.some(({ change }) => change !== "none")) {
    const unread = apartFromGone(state.failures).failures;
    const done = await writeLines(cluster, changes, unread, async ({ addr, brokerName, after }) => {
      const stored = configs.get(brokerName);
      if (stored === undefined || after === null) return;
      await writeTopic(cluster, addr, {
        topic,
        readQueueNums: after.readQueues,
        writeQueueNums: after.writeQueues,
        perm: after.perm,
        order: stored.order,
        topicFilterType: stored.topicFilterType,
        topicSysFlag: stored.topicSysFlag,
      });
    });
    outcomes.push(...done);
    const moved = changes.some(({ before, after }) => before?.writeQueues !== after?.writeQueues);
    if (moved && done.some(({ ok }) => ok))
      outcomes.push(...(await keepOrderConf(cluster, topic, orderAfter(found, changes, done))));
  }
  if (remark !== null) await keepRemark(deps, { instanceId, topic }, remark.after);
  forgetTopic(cluster, topic);
  return outcomes;
}

/** What asks for the topic as it was, where it was changed. */
function restoring({ instanceId, topic }: Update, { changes, remark }: Pick<TopicPlan, "changes" | "remark">): Update {
  const before = changes.flatMap(({ brokerName, before }) => (before === null ? [] : [[brokerName, before] as const]));
  const restore = before.map(
    ([name, { readQueues, writeQueues, perm }]) => [name, { readQueues, writeQueues, perm }] as const,
  );
  return { instanceId, topic, restore: Object.fromEntries(restore), remark: remark?.before };
}

export const topicUpdate = (deps: Deps): PlanKind<Update, TopicPlan> => ({
  kind: "topic.update",
  subject: ({ topic }) => topic,
  async prepare(input, { signal }) {
    const { instanceId, topic, readQueues, writeQueues } = input;
    const found = await find(askedBy(deps, signal), input);
    const { cluster, configs } = found;
    const most = (of: (config: TopicConfig) => number) => Math.max(0, ...[...configs.values()].map(of));
    // What was made larger elsewhere may stay as large as it is.
    assertQueues(deps, {
      readQueues: readQueues !== undefined && readQueues > most((c) => c.readQueueNums) ? readQueues : undefined,
      writeQueues: writeQueues !== undefined && writeQueues > most((c) => c.writeQueueNums) ? writeQueues : undefined,
    });
    const [own, stats, orderConf, remarks] = await Promise.all([
      ownTopics(cluster),
      topicStats(cluster, topic),
      readOrderConf(cluster, topic),
      readRemarks(deps.db, instanceId, "topic", [topic]),
    ]);
    const failures = failuresOf(found.state.failures, stats.failures);
    const shown = planUpdate(
      input,
      { ...found, state: { at: found.state.at, failures } },
      {
        storedBeyond: storedBeyond(stats),
        ordered: parseOrderConf(orderConf).size > 0,
        system: topicKindOf(topic, own) === "system",
        remark: remarks.get(topic) ?? "",
      },
    );
    return {
      shown,
      params: { topic },
      check: () => assertChanges(shown),
      apply: () => update(deps, input, found, shown),
      inverse: (outcomes) => restoring(input, { ...shown, changes: linesToUndo(shown.changes, outcomes) }),
    };
  },
});
