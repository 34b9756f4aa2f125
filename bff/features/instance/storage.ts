import type { BrokerStorage } from "#contract/instance.ts";
import type { Failure } from "#contract/list.ts";
import { failureOf } from "../../base/problem.ts";
import { failuresOf } from "../../cluster/failures.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";

const RETENTION_KEY = "fileReservedTime";

function hoursOf(config: ReadonlyMap<string, string>): number | null {
  const hours = config.get(RETENTION_KEY) ?? "";
  return /^-?\d{1,9}$/.test(hours) ? Number(hours) : null;
}

/** Only these keys leave: the table holds passwords. */
function presentStorage(
  { brokerName, brokerId, addr }: BrokerTarget,
  config: ReadonlyMap<string, string>,
): BrokerStorage {
  return {
    brokerName,
    brokerId: String(brokerId),
    addr,
    retentionHours: hoursOf(config),
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

export interface RetentionOutcome {
  target: string;
  ok: boolean;
  hours: number | null;
  failure?: Failure;
}

/** A broker answers 0 to a value that it ignores, so each is asked afterwards what it has. */
export async function setRetention(cluster: RocketMQCluster, hours: number): Promise<RetentionOutcome[]> {
  const { items, failures } = await cluster.fanOut(await cluster.replicas({ fresh: true }), async ({ addr }) => {
    await cluster.call(brokerRpc.updateBrokerConfig, addr, {}, { body: { [RETENTION_KEY]: String(hours) } });
    return hoursOf(await cluster.call(brokerRpc.getBrokerConfig, addr, {}));
  });
  return [
    ...items.map(({ target, value }) => ({
      target: target.name,
      ok: value === hours,
      hours: value,
      ...(value !== hours && { failure: { target: target.name, code: "INVALID_PARAMETER" as const } }),
    })),
    ...failures.map(({ target, error }) => ({ target, ok: false, hours: null, failure: failureOf(target, error) })),
  ];
}
