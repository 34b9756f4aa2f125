import type { Outcome } from "#contract/list.ts";
import type { CreateTopic, TopicPlan, UpdateTopic } from "#contract/topic.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf, Problem } from "../../base/problem.ts";
import { changeOrderConf, parseOrderConf, readOrderConf, type OrderConf } from "../../rocketmq/admin/order-conf.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { keepsAttributes, topicStats, writeTopic } from "../../rocketmq/admin/topic-admin.ts";
import type { TopicConfig } from "../../rocketmq/rpc/topic.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { writeRemark } from "../../store/remarks.ts";
import { apartFromGone, failuresOf } from "../../cluster/failures.ts";
import { ownTopics, topicKindOf } from "../../cluster/names.ts";
import { apply, assertAllowed, changed, find, type Found } from "./topic-found.ts";
import { planCreate, planUpdate } from "./topic-plan.ts";
import { Usage } from "../../cluster/topic-users.ts";
import type { Stats } from "../../cluster/topic-producers.ts";

function assertQueues(deps: Deps, queues: Record<string, number | undefined>): void {
  const max = deps.config.maxQueuesPerBroker;
  const issues = Object.entries(queues)
    .filter(([, value]) => value !== undefined && value > max)
    .map(([path]) => ({ path, message: "queues.tooMany" }));
  if (issues.length > 0) throw new Problem("BAD_REQUEST", { issues, params: { max } });
}

function assertBrokers(input: CreateTopic, { state }: Found): void {
  const known = new Set([...state.at.map((at) => at.brokerName), ...state.failures.map((f) => f.target)]);
  if (input.brokers.every((name) => known.has(name))) return;
  throw new Problem("BAD_REQUEST", { issues: [{ path: "brokers", message: "brokers.unknown" }] });
}

async function planCreateOf(deps: Deps, input: CreateTopic): Promise<{ found: Found; plan: TopicPlan }> {
  assertQueues(deps, { queues: input.queues });
  const found = await find(deps, input);
  assertBrokers(input, found);
  return { found, plan: planCreate(input, { ...found, users: [] }) };
}

export const topicPlanCreate = async (deps: Deps, input: CreateTopic): Promise<TopicPlan> =>
  (await planCreateOf(deps, input)).plan;

/** Clients learn the queues of an ordered topic from the name servers, so that a lost broker does not move its keys. */
async function keepOrderConf(
  cluster: RocketMQCluster,
  topic: string,
  change: (stored: OrderConf) => OrderConf,
): Promise<Outcome[]> {
  const { failures } = await changeOrderConf(cluster, topic, change);
  return failures.map(({ target, error }) => ({ target, ok: false, failure: failureOf(target, error) }));
}

type Changes = TopicPlan["changes"];

const queuesOf = (changes: Changes) =>
  changes.flatMap(({ brokerName, after }): [string, number][] =>
    after === null ? [] : [[brokerName, after.writeQueues]],
  );

const doneAt = (changes: Changes, outcomes: readonly Outcome[]) =>
  changes.filter(({ brokerName }) => outcomes.some(({ target, ok }) => ok && target === brokerName));

export async function createTopic(deps: Deps, input: CreateTopic): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planCreateOf(deps, input);
  const { cluster } = found;
  assertAllowed(input.topic, plan);
  const outcomes = await apply(cluster, plan.changes, plan.failures, (addr) =>
    writeTopic(cluster, addr, {
      topic: input.topic,
      readQueueNums: input.queues,
      writeQueueNums: input.queues,
      perm: input.perm,
      order: input.order,
      attributes: keepsAttributes(cluster, addr) ? [`+message.type=${input.messageType}`] : undefined,
    }),
  );
  const made = queuesOf(doneAt(plan.changes, outcomes));
  if (made.length > 0) {
    if (input.order) {
      // What an earlier topic of the name left there is of brokers that do not have it, unless they cannot be asked.
      const unasked = new Set([...found.gone, ...found.state.failures.map(({ target }) => target)]);
      const keep = (stored: OrderConf) => new Map([...[...stored].filter(([name]) => unasked.has(name)), ...made]);
      outcomes.push(...(await keepOrderConf(cluster, input.topic, keep)));
    }
    await writeRemark(deps.db, { instanceId: input.instanceId, kind: "topic", name: input.topic }, input.remark);
  }
  changed(cluster, input.topic);
  return { outcomes };
}

/** Messages that a broker has in queues from a number on; null where it did not tell. */
const storedBeyond = (stats: Stats) => (brokerName: string, queues: number) => {
  if (stats.failures.some(({ target }) => target === brokerName)) return null;
  return stats.items
    .filter((item) => item.target.brokerName === brokerName)
    .flatMap(({ value }) => value.offsetTable)
    .filter(([{ queueId }]) => queueId >= queues)
    .reduce((sum, [, { minOffset, maxOffset }]) => sum + maxOffset - minOffset, 0n);
};

async function planUpdateOf(
  deps: Deps,
  input: UpdateTopic,
  withUsers: boolean,
): Promise<{ found: Found; plan: TopicPlan }> {
  const { readQueues, writeQueues } = input;
  const found = await find(deps, input);
  const most = (of: (config: TopicConfig) => number) => Math.max(0, ...[...found.configs.values()].map(of));
  // What was made larger elsewhere may stay as large as it is.
  assertQueues(deps, {
    readQueues: readQueues !== undefined && readQueues > most((c) => c.readQueueNums) ? readQueues : undefined,
    writeQueues: writeQueues !== undefined && writeQueues > most((c) => c.writeQueueNums) ? writeQueues : undefined,
  });
  const { cluster } = found;
  const [own, stats, orderConf, proxies] = await Promise.all([
    ownTopics(cluster),
    topicStats(cluster, input.topic),
    writeQueues === undefined ? undefined : readOrderConf(cluster, input.topic),
    proxyRemotingAddrs(deps.db, input.instanceId),
  ]);
  const users = withUsers
    ? await new Usage(cluster, { proxies, now: deps.now() }).of(input.topic, { stats, configs: found.configs })
    : undefined;
  const failures = failuresOf(found.state.failures, stats.failures, users?.failures ?? []);
  const context = { ...found, state: { at: found.state.at, failures }, users: users?.users ?? [] };
  const plan = planUpdate(input, context, {
    storedBeyond: storedBeyond(stats),
    ordered: parseOrderConf(orderConf).size > 0,
  });
  return { found, plan: topicKindOf(input.topic, own) === "system" ? { ...plan, blocked: "SYSTEM_RESOURCE" } : plan };
}

export const topicPlanUpdate = async (deps: Deps, input: UpdateTopic): Promise<TopicPlan> =>
  (await planUpdateOf(deps, input, true)).plan;

/**
 * After queues changed, the name servers learn of the brokers that did it; what they say of others stays. Where they know
 * nothing of an ordered topic they are told all of it, but never of a part: clients would use that part alone.
 */
function orderAfter({ state, gone }: Found, changes: Changes, outcomes: readonly Outcome[]) {
  const whole = state.failures.length === 0 && gone.length === 0 && outcomes.every(({ ok }) => ok);
  const ordered = whole ? changes.filter(({ after }) => after?.order === true) : [];
  const done = doneAt(changes, outcomes).filter(({ before, after }) => before?.writeQueues !== after?.writeQueues);
  return (stored: OrderConf): OrderConf =>
    new Map(stored.size === 0 ? queuesOf(ordered) : [...stored, ...queuesOf(done)]);
}

export async function updateTopic(deps: Deps, input: UpdateTopic): Promise<{ outcomes: Outcome[] }> {
  const { found, plan } = await planUpdateOf(deps, input, false);
  const { cluster, configs, state } = found;
  assertAllowed(input.topic, plan);
  const onBrokers = [input.readQueues, input.writeQueues, input.perm].some((field) => field !== undefined);
  const outcomes: Outcome[] = [];
  if (onBrokers) {
    const done = await apply(
      cluster,
      plan.changes,
      apartFromGone(state.failures).failures,
      async (addr, { brokerName, after }) => {
        const stored = configs.get(brokerName);
        if (stored === undefined || after === null) return;
        await writeTopic(cluster, addr, {
          topic: input.topic,
          readQueueNums: after.readQueues,
          writeQueueNums: after.writeQueues,
          perm: after.perm,
          order: stored.order,
          topicFilterType: stored.topicFilterType,
          topicSysFlag: stored.topicSysFlag,
        });
      },
    );
    outcomes.push(...done);
    const moved = plan.changes.some(({ before, after }) => before?.writeQueues !== after?.writeQueues);
    if (moved && done.some(({ ok }) => ok)) {
      outcomes.push(...(await keepOrderConf(cluster, input.topic, orderAfter(found, plan.changes, done))));
    }
  }
  if (input.remark !== undefined) {
    await writeRemark(deps.db, { instanceId: input.instanceId, kind: "topic", name: input.topic }, input.remark);
  }
  changed(cluster, input.topic);
  return { outcomes };
}
