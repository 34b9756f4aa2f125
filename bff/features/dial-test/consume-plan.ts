import type { ConsumePlan, ConsumeTest } from "#contract/dial-test.ts";
import { PERM } from "#contract/rules/topic.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { onlineClients } from "../../cluster/group-connections.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import { allGroupConfigs, connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { queueOffsets, type QueueOffsets } from "../../rocketmq/admin/queue-offsets.ts";
import { firstOffsetAt } from "../../rocketmq/admin/time-search.ts";

/** A queue to read, with where its messages begin, end, and where the test does. */
export interface TestQueue extends QueueOffsets {
  target: BrokerTarget;
  queueId: number;
  from: bigint;
}

export interface TestQueues {
  queues: TestQueue[];
  failures: ConsumePlan["failures"];
}

const clamp = (value: bigint, min: bigint, max: bigint) => (value < min ? min : value > max ? max : value);

async function boundsOf(
  cluster: RocketMQCluster,
  target: BrokerTarget,
  queueId: number,
  test: ConsumeTest,
): Promise<TestQueue> {
  const { topic, group } = test;
  const { addr } = target;
  const [{ minOffset, maxOffset, committed }, found] = await Promise.all([
    queueOffsets(cluster, addr, { topic, queueId }, group),
    test.from === "time" && test.time !== undefined
      ? firstOffsetAt(cluster, addr, { topic, brokerName: target.brokerName, queueId }, { timestamp: test.time })
      : undefined,
  ]);
  const wanted = {
    // A group that never committed starts where a new Java consumer does: at the end.
    committed: committed ?? maxOffset,
    earliest: minOffset,
    latest: maxOffset,
    time: found ?? maxOffset,
  }[test.from];
  return {
    target,
    queueId,
    minOffset,
    maxOffset,
    committed,
    from: clamp(wanted, minOffset, maxOffset),
  };
}

/** Every readable queue of the topic; brokers that do not answer are failures. Throws TOPIC_NOT_EXIST. */
export async function queuesOf(cluster: RocketMQCluster, test: ConsumeTest): Promise<TestQueues> {
  const [route, { targets, failures }] = await Promise.all([
    cluster.route(test.topic, { fresh: true }),
    cluster.masters(),
  ]);
  const wanted = targets.flatMap((target) => {
    const data = route.queueDatas.find(({ brokerName }) => brokerName === target.brokerName);
    const count = data && data.perm & PERM.READ ? data.readQueueNums : 0;
    return Array.from({ length: count }, (_, queueId) => ({ ...target, target, queueId }));
  });
  const asked = await cluster.fanOut(wanted, ({ target, queueId }) => boundsOf(cluster, target, queueId, test), {
    concurrency: 64,
  });
  const absent = failures.filter(
    ({ target, error }) =>
      error.code === "BROKER_GONE" || route.brokerDatas.some(({ brokerName }) => brokerName === target),
  );
  return { queues: asked.items.map(({ value }) => value), failures: failuresOf(asked.failures, absent) };
}

/** A group that every master denies does not exist; while one does not answer, nobody can say. */
async function groupExists(cluster: RocketMQCluster, group: string): Promise<boolean> {
  const { items, failures } = await allGroupConfigs(cluster);
  return items.some(({ value }) => value.has(group)) || failures.length > 0;
}

/** What the test would read and, when it commits, from where to where the group would move. */
export async function planConsume(
  cluster: RocketMQCluster,
  test: ConsumeTest,
  proxies: readonly string[],
): Promise<ConsumePlan> {
  const { queues, failures } = await queuesOf(cluster, test);
  const { group } = test;
  const [known, online] =
    group === undefined
      ? [true, { items: [], failures: [] }]
      : await Promise.all([groupExists(cluster, group), connectionsByServer(cluster, group, proxies)]);
  const clients = onlineClients(online).map(({ clientId, address }) => ({ clientId, address }));
  const warnings: ConsumePlan["warnings"] = [];
  if (clients.length > 0 && test.commit) warnings.push({ key: "clientsOnline", params: { count: clients.length } });
  if (test.from === "committed" && queues.some(({ committed }) => committed === null))
    warnings.push({ key: "neverCommitted", params: { count: queues.filter((q) => q.committed === null).length } });
  const blocked = !known
    ? "SUBSCRIPTION_GROUP_NOT_EXIST"
    : test.commit && clients.length > 0 && !test.despiteClients
      ? "STILL_IN_USE"
      : null;
  return {
    queues: queues.map(({ target, queueId, minOffset, maxOffset, committed, from }) => ({
      brokerName: target.brokerName,
      queueId,
      minOffset: minOffset.toString(),
      maxOffset: maxOffset.toString(),
      committed: committed?.toString() ?? null,
      from: from.toString(),
    })),
    readable: queues.reduce((sum, { maxOffset, from }) => sum + maxOffset - from, 0n).toString(),
    clients,
    warnings,
    blocked,
    failures: failuresOf(failures, online.failures),
  };
}
