import { isSystemTopic, DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Look } from "./sighting.ts";
import type { Rates } from "./runtime.ts";
import type { GroupStats, Snapshot, TopicStats } from "./stats-sweep.ts";

/** Rates of the cluster: the sum over masters that have one, none when no master has. Slaves store copies and do not count as producing. */
export function clusterRates(look: Look): Rates {
  const sum = (pick: (rates: Rates) => number | null, all = false) => {
    const values = look.brokers
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
export function engineVersion(look: Look): string | null {
  const versions = new Set(look.brokers.flatMap(({ runtime }) => runtime?.version ?? []));
  if (versions.size === 0) return null;
  return [...versions].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).join(", ");
}

/** Names that brokers and clusters have as topics too. */
export function ownNames(look: Look): ReadonlySet<string> {
  return new Set(look.brokers.flatMap(({ target }) => [target.brokerName, target.cluster]));
}

/** Topics that people made: no system, retry or dead-letter topics. */
export function isOwnTopic(topic: string, names: ReadonlySet<string>): boolean {
  return !isSystemTopic(topic, names) && !topic.startsWith(RETRY_PREFIX) && !topic.startsWith(DLQ_PREFIX);
}

export function messageTotals(topics: Snapshot<TopicStats>, names: ReadonlySet<string>) {
  let historical = 0n;
  let stored = 0n;
  let topicCount = 0;
  for (const [topic, { maxOffset, minOffset }] of topics.byName) {
    if (!isOwnTopic(topic, names)) continue;
    historical += maxOffset;
    stored += maxOffset - minOffset;
    topicCount += 1;
  }
  return { historical, stored, topicCount };
}

/** Lag of all groups; a group whose offsets ran ahead does not make up for one that is behind. */
export function totalLag(groups: Snapshot<GroupStats>): bigint {
  let total = 0n;
  for (const { lag } of groups.byName.values()) if (lag > 0n) total += lag;
  return total;
}
