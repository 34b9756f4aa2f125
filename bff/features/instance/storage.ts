import type { BrokerStorage, RetentionPlan } from "#contract/instance.ts";
import type { Failure, Outcome } from "#contract/list.ts";
import type { Unkept } from "#contract/plan.ts";
import { RETENTION_WARN_HOURS } from "#contract/rules/limits.ts";
import type { Deps } from "../../api/deps.ts";
import { mqadmin } from "../../cluster/mqadmin.ts";
import { linesToUndo, refused, warn, writeLines } from "../../cluster/plan-lines.ts";
import type { PlanKind } from "../../cluster/plans.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { RETENTION_KEY, retentionHoursOf } from "../../rocketmq/admin/retention.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";

/** Only these keys leave: the table holds passwords. */
function presentStorage(
  { brokerName, brokerId, addr }: BrokerTarget,
  config: ReadonlyMap<string, string>,
): BrokerStorage {
  return {
    brokerName,
    brokerId: String(brokerId),
    addr,
    retentionHours: retentionHoursOf(config),
    brokerRole: config.get("brokerRole") ?? null,
    flushDiskType: config.get("flushDiskType") ?? null,
    deleteWhen: config.get("deleteWhen") ?? null,
  };
}

export async function readStorage(
  cluster: RocketMQCluster,
): Promise<{ brokers: BrokerStorage[]; failures: Failure[] }> {
  const { items, failures } = await cluster.fanOut(await cluster.replicas({ fresh: true }), ({ addr }) =>
    cluster.call(brokerRpc.getBrokerConfig, addr, {}),
  );
  return {
    brokers: items.map(({ target, value }) => presentStorage(target, value)),
    failures: failuresOf(failures),
  };
}

/** A retention to set everywhere, or what each broker had. */
interface AskedRetention {
  instanceId: string;
  hours?: number;
  restore?: Readonly<Record<string, number>>;
}

const nameOf = ({ brokerName, brokerId }: BrokerStorage) =>
  brokerId === "0" ? brokerName : `${brokerName}:${brokerId}`;

function planRetention(
  { brokers, failures }: Awaited<ReturnType<typeof readStorage>>,
  { hours, restore = {} }: AskedRetention,
): Unkept<RetentionPlan> {
  const changes = brokers.map((broker): RetentionPlan["changes"][number] => {
    const { addr, retentionHours: before } = broker;
    const after = restore[nameOf(broker)] ?? hours ?? before;
    return { brokerName: nameOf(broker), addr, change: before === after ? "none" : "update", before, after };
  });
  const written = changes.filter(({ change }) => change === "update");
  const some = (of: (before: number | null, after: number) => boolean) =>
    written.some(({ before, after }) => after !== null && of(before, after));
  return {
    changes,
    blocked: null,
    warnings: [
      ...(some((_, after) => after < RETENTION_WARN_HOURS) ? [warn("short", { hours: RETENTION_WARN_HOURS })] : []),
      ...(some((before, after) => before !== null && after < before) ? [warn("shorter")] : []),
    ],
    commands: written.map(({ addr, after }) =>
      mqadmin("updateBrokerConfig", { b: addr, k: RETENTION_KEY, v: after ?? undefined }),
    ),
    failures,
  };
}

/** A broker answers 0 to a value that it ignores, so each is asked afterwards what it has. */
async function setRetention(
  cluster: RocketMQCluster,
  { changes, failures }: Unkept<RetentionPlan>,
): Promise<Outcome[]> {
  return writeLines(cluster, changes, failures, async ({ brokerName, addr, after }) => {
    await cluster.call(brokerRpc.updateBrokerConfig, addr, {}, { body: { [RETENTION_KEY]: String(after) } });
    try {
      const hours = retentionHoursOf(await cluster.call(brokerRpc.getBrokerConfig, addr, {}));
      if (hours === after) return;
      return refused(
        brokerName,
        new RocketMQError("INVALID_PARAMETER", `the broker keeps ${hours} hours`, { address: addr }),
      );
    } catch (error) {
      return { ...refused(brokerName, error), unknown: true };
    }
  });
}

export const retentionChange = (deps: Deps): PlanKind<AskedRetention, RetentionPlan> => ({
  kind: "instance.retention",
  subject: () => "",
  async prepare(asked, { signal }) {
    const cluster = await deps.clusters.get(asked.instanceId, signal);
    const shown = planRetention(await readStorage(cluster), asked);
    const before = (outcomes: readonly Outcome[]) =>
      linesToUndo(shown.changes, outcomes).flatMap(({ brokerName, before }) =>
        before === null ? [] : [[brokerName, before]],
      );
    return {
      shown,
      apply: () => setRetention(cluster, shown),
      inverse: (outcomes) => ({ instanceId: asked.instanceId, restore: Object.fromEntries(before(outcomes)) }),
    };
  },
});
