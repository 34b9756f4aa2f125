import type { Outcome } from "#contract/list.ts";
import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import { api } from "../../api/api.ts";
import { askedBy, type Deps } from "../../api/deps.ts";
import { failureOf } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { clientsOf, presenceOf } from "../../cluster/group-connections.ts";
import { groupKindOf } from "../../cluster/names.ts";
import type { PlanKind } from "../../cluster/plans.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { resetByClients, resetQueue } from "../../rocketmq/admin/offset-reset.ts";
import { storedSpan } from "../../rocketmq/admin/queue-offsets.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { planReset, stillHolds } from "./reset-plan.ts";
import { readQueues, timestampOf, type AskedReset, type QueueState } from "./reset-queues.ts";

const QUEUES_AT_ONCE = 32;
const queueName = ({ brokerName, queueId }: Pick<QueueMove, "brokerName" | "queueId">) => `${brokerName} · ${queueId}`;

/** Moves the queues of brokers that do it themselves, and those that nobody is online of; what each broker says then is the outcome. */
async function moveQueues(
  cluster: RocketMQCluster,
  { group, topic }: AskedReset,
  queues: readonly (QueueState & { after: string })[],
  online: boolean,
): Promise<Outcome[]> {
  const targets = queues.map((queue) => ({ name: queueName(queue), addr: queue.addr, queue }));
  const { items, failures } = await cluster.fanOut(
    targets,
    ({ addr, queue: { queueId, by, after } }) =>
      resetQueue(cluster, addr, by, { group, topic, queueId, offset: BigInt(after) }),
    { concurrency: QUEUES_AT_ONCE },
  );
  const done = items.map(({ target: { name, queue }, value }): Outcome => {
    // Clients online go on from there at once; where it was before they do not come so soon.
    const wentOn = value !== null && online && value > BigInt(queue.after) && value !== queue.committed;
    const isThere = value === BigInt(queue.after) || wentOn;
    const failure = isThere ? undefined : { target: name, code: "OFFSET_NOT_MOVED" as const };
    return { target: name, ok: isThere, says: value?.toString(), ...(failure && { failure }) };
  });
  return [
    ...done,
    ...failures.map(({ target, error }): Outcome => ({ target, ok: false, failure: failureOf(target, error) })),
  ];
}

/** Has the clients of a broker move its queues, which shows at the broker some ten seconds later. */
async function tellClients(
  cluster: RocketMQCluster,
  { group, topic }: AskedReset,
  queues: readonly QueueState[],
  timestamp: number,
): Promise<Outcome[]> {
  const brokers = [...new Map(queues.map(({ brokerName, addr }) => [brokerName, { name: brokerName, addr }])).values()];
  const { items, failures } = await cluster.fanOut(brokers, ({ addr }) =>
    resetByClients(cluster, addr, { group, topic, timestamp }),
  );
  return [
    ...items.map(({ target }): Outcome => ({ target: target.name, ok: true, follows: true })),
    ...failures.map(({ target, error }): Outcome => ({ target, ok: false, failure: failureOf(target, error) })),
  ];
}

const reset = (deps: Deps): PlanKind<AskedReset, OffsetPlan> => ({
  kind: "offset.reset",
  subject: ({ group, topic }) => `${group} ${topic}`,
  async prepare(asked, { signal }) {
    const { instanceId, group } = asked;
    const cluster = await deps.clusters.get(instanceId, signal);
    const [catalog, connections] = await Promise.all([
      catalogOf(cluster, true),
      connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId)),
    ]);
    const clients = clientsOf(connections);
    const online = clients.length > 0;
    const { queues, failures } = await readQueues(cluster, asked, { at: deps.now(), online });
    const { messageModel, pop } = presenceOf(connections);
    const known = catalog.groups.find((one) => one.group === group);
    const shown = planReset(asked, queues, {
      target: { namesrvAddrs: cluster.namesrvAddrs },
      clients: clients.map(({ clientId, address }) => ({ clientId, address })),
      broadcasting: messageModel === "BROADCASTING",
      pop,
      ordered: known?.configs.some(({ entry }) => entry.config.consumeMessageOrderly === true) ?? false,
      groupAt: new Set(known?.configs.map(({ brokerName }) => brokerName)),
      system: groupKindOf(group) === "system",
      failures: failuresOf(catalog.failures, connections.failures, failures),
    });
    return {
      shown,
      params: {
        group,
        topic: asked.topic,
        name: group,
        targets: shown.failures.map(({ target }) => target).join(", "),
      },
      async apply({ changes }) {
        const after = new Map(
          changes.filter(({ change }) => change !== "none").map((move) => [queueName(move), move.after]),
        );
        const moving = queues.flatMap((queue) => {
          const to = after.get(queueName(queue));
          return to === undefined ? [] : [{ ...queue, after: to }];
        });
        const timestamp = timestampOf(asked, deps.now());
        const told = timestamp === undefined || !online ? [] : moving.filter(({ by }) => by === "clients");
        const outcomes = [
          ...(await moveQueues(
            cluster,
            asked,
            moving.filter((queue) => !told.includes(queue)),
            online,
          )),
          ...(told.length === 0 || timestamp === undefined ? [] : await tellClients(cluster, asked, told, timestamp)),
        ];
        forgetWritten(cluster);
        return outcomes;
      },
      inverse(_, { changes }) {
        const restore = changes.flatMap(({ brokerName, queueId, before }) =>
          before === null ? [] : [{ brokerName, queueId, offset: before }],
        );
        const { topic, partial } = asked;
        return restore.length === 0 ? undefined : { instanceId, group, topic, partial, to: "restore", restore };
      },
    };
  },
  holds: stillHolds,
});

export function offsetHandlers(deps: Deps) {
  const kind = reset(deps);
  const subjectOf = ({ group, topic }: { group: string; topic: string }) => `${group} ${topic}`;
  return {
    span: api.offset.span.handler(async ({ input: { instanceId, topic }, signal }) => {
      const { clusters, now } = askedBy(deps, signal);
      const { earliest, latest, failures } = await storedSpan(await clusters.get(instanceId), topic);
      return { earliest, latest, failures: failuresOf(failures), at: now() };
    }),
    planReset: api.offset.planReset.handler(({ input, context: { user }, signal }) =>
      deps.plans.make(kind, { instanceId: input.instanceId, user }, input, signal),
    ),
    planUndo: api.offset.planUndo.handler(({ input: { instanceId, undo, ...of }, context: { user }, signal }) =>
      deps.plans.undo(kind, { instanceId, undo, subject: subjectOf(of), user }, signal),
    ),
    reset: api.offset.reset.handler(({ input: { instanceId, planId, ...of }, context: { user } }) =>
      deps.plans.apply(kind, { instanceId, planId, subject: subjectOf(of), user }),
    ),
  };
}
