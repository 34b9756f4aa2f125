import { TOP_MAX, type BrokerState, type GroupLag, type TopicShare } from "#contract/overview.ts";
import { isListed, type BrokerSighting, type Sighting } from "../../monitor/sighting.ts";
import type { Runtime } from "../../monitor/runtime.ts";
import type { Snapshot, Swept, TopicStats } from "../../monitor/stats-sweep.ts";
import { clusterRates, madeByPeople, messageTotals, totalBacklog, withBacklog } from "../../monitor/totals.ts";
import { presentBacklog, type BacklogSums } from "../../cluster/backlog.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { byCodeUnit, descending } from "../../cluster/ranking.ts";

const text = (value: bigint | null | undefined) => (value === null || value === undefined ? null : value.toString());

function sumOver(brokers: readonly BrokerSighting[], pick: (runtime: Runtime) => bigint | null): string | null {
  const values = brokers.flatMap(({ runtime }) => (runtime === undefined ? [] : (pick(runtime) ?? [])));
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0n).toString();
}

/** Whether a name server said who there is, be it nobody. */
const isListing = ({ failures }: Sighting, listed: readonly BrokerSighting[]) =>
  listed.length > 0 || failures.some(({ error }) => error.code === "NO_CLUSTER");

export function presentSummary(sighting: Sighting) {
  const rates = clusterRates(sighting);
  const listed = sighting.brokers.filter(isListed);
  const masters = listed.filter(({ target }) => target.role === "master");
  const isKnown = isListing(sighting, listed);
  return {
    clusterName: sighting.clusterName,
    namesrvs: sighting.namesrvs.map(({ addr, error }) => ({
      addr,
      ok: error === undefined,
      ...(error !== undefined && { code: error.code }),
    })),
    masters: isKnown ? masters.length : null,
    slaves: isKnown ? listed.length - masters.length : null,
    produceTps: rates.produceTps,
    consumeTps: rates.consumeTps,
    producedToday: sumOver(masters, (runtime) => runtime.putToday),
    consumedToday: sumOver(sighting.brokers, (runtime) => runtime.getToday),
    failures: failuresOf(sighting.failures),
    at: sighting.at,
  };
}

export function presentBroker({ target, runtime, error, rates, replication }: BrokerSighting): BrokerState {
  return {
    brokerName: target.brokerName,
    brokerId: String(target.brokerId),
    role: target.role,
    addr: target.addr,
    ok: error === undefined,
    ...(error !== undefined && { code: error.code }),
    version: runtime?.version ?? null,
    bootAt: runtime?.bootAt ?? null,
    produceTps: rates.produceTps,
    consumeTps: rates.consumeTps,
    producedToday: text(runtime?.putToday),
    consumedToday: text(runtime?.getToday),
    producedYesterday: text(runtime?.putYesterday),
    consumedYesterday: text(runtime?.getYesterday),
    diskRatio: runtime?.diskRatio ?? null,
    replicationLagBytes: text(replication?.lagBytes),
    inSync: replication?.inSync ?? null,
  };
}

export function presentMessages(snapshot: Snapshot<TopicStats>, sighting: Sighting) {
  const { historical, stored, topicCount } = messageTotals(snapshot, sighting);
  const topics = madeByPeople(snapshot, sighting)
    .map(([topic, { maxOffset, minOffset, tps }]) => ({ topic, total: maxOffset, stored: maxOffset - minOffset, tps }))
    .sort((a, b) => descending(a.stored, b.stored) || a.topic.localeCompare(b.topic))
    .slice(0, TOP_MAX)
    .map((share): TopicShare => ({ ...share, total: share.total.toString(), stored: share.stored.toString() }));
  return {
    historical: historical.toString(),
    stored: stored.toString(),
    topicCount,
    topics,
    failures: failuresOf(snapshot.failures),
    at: snapshot.at,
  };
}

export function presentLags(snapshot: NonNullable<Swept["groups"]>, clients: Swept["clients"]) {
  const swept = { groups: snapshot, clients };
  const larger = ({ lag, neverConsumed }: BacklogSums) => (lag > neverConsumed ? lag : neverConsumed);
  const groups = withBacklog(swept)
    .flatMap(([group, { topics }]) => [...topics].map(([topic, sums]) => ({ group, topic, sums })))
    .filter(({ sums }) => larger(sums) > 0n)
    .sort((a, b) => descending(larger(a.sums), larger(b.sums)) || byCodeUnit(a.group, b.group))
    .slice(0, TOP_MAX)
    .map(({ group, topic, sums }): GroupLag => ({
      group,
      topic,
      ...presentBacklog(sums, snapshot.isWhole(group)),
      consumedUntil: sums.consumedUntil,
      atLeast: !snapshot.isWhole(group),
    }));
  const { lag, neverConsumed } = totalBacklog(swept);
  return {
    lag: lag.toString(),
    neverConsumed: neverConsumed.toString(),
    groups,
    failures: failuresOf(snapshot.failures),
    at: snapshot.at,
  };
}
