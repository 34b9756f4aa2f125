import type { Outcome } from "#contract/list.ts";
import type { MessagePlace } from "#contract/message.ts";
import type { PushAnswer, PushPlan } from "#contract/push.ts";
import { DLQ_PREFIX } from "#contract/rules/names.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { isGrpcClient, sharedIds, type Connections } from "../../../cluster/group-connections.ts";
import { mqadmin } from "../../../cluster/mqadmin.ts";
import { refused, warn } from "../../../cluster/plan-lines.ts";
import type { PlanKind } from "../../../cluster/plans.ts";
import { consumeDirectly, whoKnowsClients } from "../../../rocketmq/admin/group-admin.ts";
import { leavesOut } from "../../../rocketmq/admin/subscription-filter.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { noMaster } from "../../../rocketmq/cluster/replicas.ts";
import type { StoredMessage } from "../../../rocketmq/codec/stored-message.ts";
import type { ConsumeMessageDirectlyResult } from "../../../rocketmq/rpc/group.ts";
import { proxyRemotingAddrs } from "../../../store/proxies.ts";
import { messageAt } from "../message-queue.ts";
import { connectionsTo, hindranceOf, targetsOf } from "./push-targets.ts";

/** So a broker begins to say that the connection to the client ended while it waited. Source: AdminBrokerProcessor.callConsumer. */
const LOST = "invoke consumer";

export type AskedPush = MessagePlace & { instanceId: string; group: string; clientId: string };

/** Pushes of a group take turns: of two clients that share an id one is asked at a time. */
export const subjectOf = ({ group, clientId, topic, brokerName, queueId, queueOffset }: AskedPush): string =>
  [group, clientId, topic, brokerName, queueId, queueOffset].join(" ");

const present = (told: ConsumeMessageDirectlyResult): PushAnswer => ({
  result: told.consumeResult ?? null,
  spentMs: told.spentTimeMills,
  remark: told.remark ?? null,
  order: told.order,
  autoCommit: told.autoCommit,
});

/** The expression of a subscription that leaves the message out: clients get it all the same. */
async function filterOf(
  cluster: RocketMQCluster,
  { items }: Connections,
  { topic, brokerName }: AskedPush,
  { queueId, queueOffset, tags }: StoredMessage,
): Promise<string | undefined> {
  const subscription = items.flatMap(({ value }) => value.subscriptionTable.get(topic) ?? []).at(0);
  if (subscription === undefined) return undefined;
  const position = { topic, brokerName, queueId, queueOffset, tag: tags ?? null };
  return (await leavesOut(cluster, subscription, position)) ? subscription.subString : undefined;
}

/** Gives a client one message through the broker that has it. Whoever applies it is told the client's answer by `told`. */
export const messagePush = (deps: Deps, told?: (answer: PushAnswer) => void): PlanKind<AskedPush, PushPlan> => ({
  kind: "message.push",
  subject: subjectOf,
  async prepare(asked, { signal }) {
    const { instanceId, group, clientId, topic, brokerName } = asked;
    const cluster = await deps.clusters.get(instanceId, signal);
    const { message } = await messageAt(cluster, asked, signal);
    const servers = await whoKnowsClients(cluster, await proxyRemotingAddrs(deps.db, instanceId));
    const connections = await connectionsTo(cluster, servers.targets, asked, signal);
    const client = targetsOf(connections, group, asked).find((one) => one.clientId === clientId);
    const addr = servers.targets.find(({ name }) => name === brokerName)?.addr;
    if (addr === undefined) throw noMaster(brokerName);
    const unread = failuresOf(servers.failures, connections.failures);
    const hindrance = hindranceOf(message) ?? (client === undefined ? "offline" : client.hindrance);
    const expression = await filterOf(cluster, connections, asked, message);
    const { offsetMsgId } = message;
    const warnings = [
      warn("runs"),
      ...(sharedIds(connections).has(clientId) ? [warn("shared")] : []),
      ...(isGrpcClient(clientId) ? [warn("grpc")] : []),
      ...(expression === undefined ? [] : [warn("filtered", { expression })]),
      ...(topic.startsWith(DLQ_PREFIX) ? [warn("deadLetter", { topic })] : []),
    ];
    const command = mqadmin("queryMsgById", {
      n: cluster.namesrvAddrs,
      t: topic,
      i: offsetMsgId,
      g: group,
      d: clientId,
    });
    return {
      shown: {
        changes: [{ brokerName, addr, offsetMsgId, group, clientId }],
        // Who was not heard of may be connected to the broker that did not answer.
        blocked: hindrance === null ? null : "CONSUMER_NOT_ONLINE",
        hindrance,
        address: client?.address ?? null,
        language: client?.language ?? null,
        version: client?.version ?? null,
        warnings: hindrance === null ? warnings : [],
        commands: [command],
        failures: unread,
      },
      async apply(): Promise<Outcome[]> {
        try {
          const answer = present(
            await consumeDirectly(cluster, addr, { consumerGroup: group, clientId, topic, msgId: offsetMsgId }),
          );
          told?.(answer);
          return [{ target: clientId, ok: true, says: answer.result ?? undefined }];
        } catch (error) {
          const outcome = refused(clientId, error);
          const lost = outcome.failure?.remark?.startsWith(LOST) === true;
          return [{ target: clientId, ...outcome, ...(lost && { unknown: true }) }];
        }
      },
    };
  },
});
