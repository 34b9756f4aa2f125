import type { Outcome } from "#contract/list.ts";
import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import type { Deps } from "../../api/deps.ts";
import { failureOf } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { catalogOf } from "../../cluster/group-catalog.ts";
import { onlineClients, presenceOf, subscribing } from "../../cluster/group-connections.ts";
import { groupKindOf, ownTopics, topicKindOf } from "../../cluster/names.ts";
import { assertChanges, lineName, linesDone, linesToUndo, refused, writeLines } from "../../cluster/plan-lines.ts";
import type { PlanKind } from "../../cluster/plans.ts";
import { connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { commitOffset, moveOffset, tellClients } from "../../rocketmq/admin/offset-reset.ts";
import { committedOrNever } from "../../rocketmq/admin/queue-offsets.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { forgetWritten } from "../../rocketmq/cluster/per-cluster.ts";
import { keepOffsetMoves } from "../../store/offset-moves.ts";
import { proxyRemotingAddrs } from "../../store/proxies.ts";
import { planReset, stillHolds } from "./reset-plan.ts";
import { readQueues, timestampOf, type AskedReset } from "./reset-queues.ts";

type Told = Omit<Outcome, "target">;

/** Moves one queue, and tells what its broker says then. */
export async function moveQueue(
  cluster: RocketMQCluster,
  { group, topic }: AskedReset,
  line: QueueMove,
  online: boolean,
): Promise<Told> {
  const { addr, queueId, by, before, after } = line;
  const move = by === "broker" ? moveOffset : commitOffset;
  await move(cluster, addr, { group, topic, queueId, offset: BigInt(after) });
  const says = await committedOrNever(cluster, addr, { topic, queueId }, group).catch((error: unknown) => ({ error }));
  // The broker took it, and nobody knows whether it is there.
  if (says !== null && typeof says === "object") return { ...refused(lineName(line), says.error), unknown: true };
  // Clients online go on from there at once; where it was before they do not come so soon.
  const wentOn = online && says !== null && says > BigInt(after) && says.toString() !== before;
  const ok = says === BigInt(after) || wentOn;
  return { ok, says: says?.toString(), ...(!ok && notMoved(line)) };
}

const notMoved = (line: QueueMove) => ({ failure: { target: lineName(line), code: "OFFSET_NOT_MOVED" as const } });

/** Of a refusal: in some queue the group has no offset, which brokers before 5.0 do not say when they are asked. */
const SYSTEM_ERROR = 1;

/** Has clients move queues, all those of a broker at once. */
function clientsMove(cluster: RocketMQCluster, { group, topic }: AskedReset, timestamp: number) {
  const tellings = new Map<string, Promise<ReadonlySet<number>>>();
  return async (line: QueueMove): Promise<Told> => {
    const telling = tellings.get(line.addr) ?? tellClients(cluster, line.addr, { group, topic, timestamp });
    tellings.set(line.addr, telling);
    try {
      const ok = (await telling).has(line.queueId);
      return ok ? { ok, follows: true } : { ok, ...notMoved(line) };
    } catch (error) {
      const failure = failureOf(lineName(line), error);
      if (failure.responseCode !== SYSTEM_ERROR) throw error;
      return { ok: false, failure: { ...failure, code: "CLIENTS_MUST_STOP" } };
    }
  };
}

export const subjectOf = ({ group, topic }: { group: string; topic: string }) => `${group} ${topic}`;

export const offsetReset = (deps: Deps): PlanKind<AskedReset, OffsetPlan> => ({
  kind: "offset.reset",
  subject: subjectOf,
  async prepare(asked, { signal }) {
    const { instanceId, group, topic, partial } = asked;
    const cluster = await deps.clusters.get(instanceId, signal);
    const [own, catalog, connections] = await Promise.all([
      ownTopics(cluster),
      catalogOf(cluster, true),
      connectionsByServer(cluster, group, await proxyRemotingAddrs(deps.db, instanceId)),
    ]);
    const consuming = subscribing(connections, topic);
    const clients = onlineClients(consuming).map(({ clientId, address }) => ({ clientId, address }));
    const { queues, pop, failures } = await readQueues(cluster, asked, consuming, deps.now());
    const configs = catalog.groups.find((one) => one.group === group)?.configs ?? [];
    const all = failuresOf(catalog.failures, connections.failures, failures);
    // Brokers that have proxies move offsets themselves, whoever is online there.
    const unread = all.filter(({ code }) => code !== "GRPC_CLIENTS_UNSEEN");
    const shown = planReset(asked, queues, {
      namesrvAddrs: cluster.namesrvAddrs,
      clients,
      broadcasting: presenceOf(consuming).messageModel === "BROADCASTING",
      pop,
      ordered: configs.some(({ entry }) => entry.config.consumeMessageOrderly === true),
      groupAt: new Set(configs.map(({ brokerName }) => brokerName)),
      system: groupKindOf(group) === "system" || topicKindOf(topic, own) === "system",
      unread,
      failures: all,
    });
    return {
      shown,
      params: { group, topic, name: group, targets: unread.map(({ target }) => target).join(", ") },
      check: () => assertChanges(shown),
      async apply({ changes }) {
        const tell = clientsMove(cluster, asked, timestampOf(asked, deps.now()));
        const online = clients.length > 0;
        const there = new Map(
          shown.changes.flatMap((line) => (line.change === "none" ? [[lineName(line), line.before]] : [])),
        );
        const outcomes = await writeLines(cluster, changes, unread, (line) => {
          // To move a group to where it is would only disturb it.
          const says = there.get(lineName(line));
          if (says) return Promise.resolve({ says });
          return line.by === "clients" ? tell(line) : moveQueue(cluster, asked, line, online);
        });
        forgetWritten(cluster);
        const moves = linesDone(shown.changes, outcomes).filter(({ change }) => change !== "none");
        // What was done is told, whether or not the store takes a note of it.
        await keepOffsetMoves(deps.db, asked, { at: deps.now(), who: asked.who, moves }).catch((err: unknown) =>
          deps.log.error({ err, group, topic }, "a reset is not noted"),
        );
        return outcomes;
      },
      inverse(outcomes) {
        // Where the group was just now, and not where it was when somebody began to read the plan.
        const restore = linesToUndo(shown.changes, outcomes).flatMap(({ brokerName, queueId, before, change }) =>
          before === null || change === "none" ? [] : [{ brokerName, queueId, offset: before, undoes: change }],
        );
        return restore.length === 0
          ? undefined
          : { instanceId, group, topic, partial, who: asked.who, to: "restore", restore };
      },
    };
  },
  holds: stillHolds,
});
