import type { ProblemCode } from "#contract/problem.ts";
import { askClient } from "../../../cluster/client-info.ts";
import { onlineClients, presenceOf, type Connections } from "../../../cluster/group-connections.ts";
import { warn } from "../../../cluster/plan-lines.ts";
import { connectionsByServer } from "../../../rocketmq/admin/group-admin.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import type { PlanWarning } from "#contract/plan.ts";

/** Clients that are asked whether they consume in order: those of a group are of one kind. */
const ASKED = 4;

/** Who gets what is sent to the retry topic of a group. */
export interface GroupWay {
  clients: number | null;
  blocked: ProblemCode | null;
  warnings: PlanWarning[];
  connections: Connections;
}

async function consumesInOrder(cluster: RocketMQCluster, group: string, connections: Connections) {
  const pushed = onlineClients(connections).filter(({ consumeType }) => consumeType === "CONSUME_PASSIVELY");
  const asked = await Promise.allSettled(pushed.slice(0, ASKED).map((client) => askClient(cluster, group, client)));
  const infos = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (infos.some(({ orderly }) => orderly)) return true;
  return pushed.length > 0 && infos.length === 0 ? null : false;
}

/**
 * Whether what is sent to `%RETRY%<group>` comes to the group and nobody else. Tried on 4.9.7, 5.1.4, 5.3.3 and 5.5.0:
 * - A push client that consumes concurrently gets it at once, as a message of RETRY_TOPIC with the reconsume count of the request (0 here), whatever
 *   tags it subscribes to; where it fails it is retried as a new message is, and a dead letter after the group's retries.
 * - A client that consumes in order gets it from 4.9.7. From 5.x it does not: while the group holds locks of queues its broker makes a dead letter of
 *   whatever is sent to the retry topic (SendMessageProcessor.handleRetryAndDLQ), and locks outlive their client by a minute.
 * - Who pops, as gRPC clients do, reads the retry topic of group and topic alone. A send to `%RETRY%<group>_<topic>` would be popped, but brokers take
 *   `<group>_<topic>` for its group and create that, or refuse; `%RETRY%<group>+<topic>` they refuse as no name of a topic.
 * Code 36 with the place of a dead letter would send it without its body passing through here; yet it keeps the old id and its count, which is over
 * the limit, so that it comes once and is dead again at the first failure.
 */
export async function wayToGroup(
  cluster: RocketMQCluster,
  group: string,
  proxies: readonly string[],
): Promise<GroupWay> {
  const connections = await connectionsByServer(cluster, group, proxies);
  const { clients, pop } = presenceOf(connections);
  const way = { clients, connections, warnings: [] as PlanWarning[], blocked: null };
  if (pop) return { ...way, blocked: "RESEND_POPS" };
  const inOrder = await consumesInOrder(cluster, group, connections);
  if (inOrder !== false && (await hasLocks(cluster)))
    return inOrder ? { ...way, blocked: "RESEND_IN_ORDER" } : { ...way, warnings: [warn("orderUnknown", { group })] };
  const pulls = onlineClients(connections);
  if (pulls.length > 0 && pulls.every(({ consumeType }) => consumeType === "CONSUME_ACTIVELY"))
    return { ...way, warnings: [warn("groupPulls", { group })] };
  return way;
}

/** Whether any broker is of 5.x, or may be. */
async function hasLocks(cluster: RocketMQCluster): Promise<boolean> {
  const { targets } = await cluster.masters();
  const { items, failures } = await cluster.fanOut(targets, ({ addr }) => cluster.can(addr, "topicAttributes"));
  return failures.length > 0 || items.some(({ value }) => value);
}
