import type { InstanceHealth } from "#contract/instance.ts";
import type { Sighting } from "../../monitor/sighting.ts";
import type { Swept } from "../../monitor/stats-sweep.ts";
import { clusterRates, totalBacklog } from "../../monitor/totals.ts";

/** What was last seen and swept of an instance, at no call; of brokers nothing is known while no name server says which there are. */
export function healthOf(sighting: Sighting | undefined, swept: Swept): InstanceHealth {
  const seen = sighting === undefined || sighting.state === "unreachable" ? undefined : sighting;
  const { groups } = swept;
  const rates = seen && clusterRates(seen);
  const down = seen?.brokers.filter(({ error }) => error !== undefined).length;
  const total = groups === undefined || seen === undefined ? undefined : totalBacklog(swept);
  return {
    produceTps: rates?.produceTps ?? null,
    consumeTps: rates?.consumeTps ?? null,
    disk: seen === undefined ? null : fullestDisk(seen),
    up: seen === undefined || down === undefined ? null : seen.brokers.length - down,
    down: down ?? null,
    seenAt: sighting?.at ?? null,
    lag: total?.lag.toString() ?? null,
    neverConsumed: total?.neverConsumed.toString() ?? null,
    lagAtLeast: groups !== undefined && groups.failures.length > 0,
    lagAt: total === undefined ? null : (groups?.at ?? null),
  };
}

function fullestDisk({ brokers }: Sighting): InstanceHealth["disk"] {
  const told = brokers.flatMap(({ target, runtime }) => {
    const ratio = runtime?.diskRatio ?? null;
    return ratio === null ? [] : [{ brokerName: target.brokerName, brokerId: String(target.brokerId), ratio }];
  });
  return told.reduce<InstanceHealth["disk"]>(
    (most, one) => (most === null || one.ratio > most.ratio ? one : most),
    null,
  );
}
