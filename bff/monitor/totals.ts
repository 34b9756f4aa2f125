import { isSystemGroup } from "#contract/rules/names.ts";
import { ownTopicsOf, topicKindOf } from "../cluster/names.ts";
import type { Sighting } from "./sighting.ts";
import type { Rates } from "./runtime.ts";
import type { GroupStats, Snapshot, Swept, TopicStats } from "./stats-sweep.ts";
import { isBroadcasting } from "./sweep-clients.ts";

/** Rates of the cluster: the sum over masters that have one, none when no master has. Slaves store copies and do not count as producing. */
export function clusterRates(sighting: Sighting): Rates {
  const sum = (pick: (rates: Rates) => number | null, all = false) => {
    const values = sighting.brokers
      .filter(({ target }) => all || target.role === "master")
      .flatMap(({ rates }) => pick(rates) ?? []);
    return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
  };
  return {
    produceTps: sum((rates) => rates.produceTps),
    consumeTps: sum((rates) => rates.consumeTps, true),
    produceBytes: sum((rates) => rates.produceBytes),
  };
}

/** Version of the brokers; several, oldest first, while a cluster is being upgraded. */
export function engineVersion(sighting: Sighting): string | null {
  const versions = new Set(sighting.brokers.flatMap(({ runtime }) => runtime?.version ?? []));
  if (versions.size === 0) return null;
  return [...versions].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join(", ");
}

/** Figures of the topics that people made: no system, retry or dead-letter topics. */
export function madeByPeople(topics: Snapshot<TopicStats>, sighting: Sighting): [string, TopicStats][] {
  const own = ownTopicsOf(sighting.brokers.map(({ target }) => target));
  return [...topics.byName].filter(([topic]) => topicKindOf(topic, own) === "normal");
}

export function messageTotals(topics: Snapshot<TopicStats>, sighting: Sighting) {
  let historical = 0n;
  let stored = 0n;
  let topicCount = 0;
  for (const [, { maxOffset, minOffset }] of madeByPeople(topics, sighting)) {
    historical += maxOffset;
    stored += maxOffset - minOffset;
    topicCount += 1;
  }
  return { historical, stored, topicCount };
}

/** Groups that a lag can be told of: none of RocketMQ's own, and none that broadcasts. */
export const withBacklog = ({ groups, clients }: Pick<Swept, "groups" | "clients">): [string, GroupStats][] =>
  [...(groups?.byName ?? [])].filter(([group]) => !isSystemGroup(group) && !isBroadcasting({ clients }, group));

/** What all of them have before them. */
export function totalBacklog(swept: Pick<Swept, "groups" | "clients">): Pick<GroupStats, "lag" | "neverConsumed"> {
  const total = { lag: 0n, neverConsumed: 0n };
  for (const [, { lag, neverConsumed }] of withBacklog(swept)) {
    total.lag += lag;
    total.neverConsumed += neverConsumed;
  }
  return total;
}
