import { Recording } from "./series.ts";
import type { Sighting } from "./sighting.ts";
import type { StatsSweep } from "./stats-sweep.ts";
import { clusterRates, messageTotals, totalBacklog } from "./totals.ts";

/** Totals of a sweep, which is rarer than ticks, hold for this long and then are unknown. */
const SWEEP_HOLDS_MS = 70_000;

/** What a tick at `t` records of a cluster and its brokers. */
export function clusterSamples(sighting: Sighting, swept: ReturnType<StatsSweep["peek"]>, t: number): Recording {
  const recording = new Recording();
  for (const { target, rates, runtime } of sighting.brokers) {
    const labels = { broker: target.brokerName, brokerId: String(target.brokerId) };
    if (target.role === "master") {
      recording.add("broker_tps", labels, t, rates.produceTps);
      recording.add("throughput_in", labels, t, rates.produceBytes);
    }
    recording.add("broker_qps", labels, t, rates.consumeTps);
    recording.add("brokeruntime_commitlog_disk_ratio", labels, t, runtime?.diskRatio);
  }
  const rates = clusterRates(sighting);
  recording.addSum("broker_tps", t, rates.produceTps);
  recording.addSum("broker_qps", t, rates.consumeTps);
  recording.addSum("throughput_in", t, rates.produceBytes);
  const { topics, groups } = swept;
  const holds = (snapshot: { at: number; failures: readonly unknown[] }) =>
    snapshot.failures.length === 0 && t - snapshot.at <= SWEEP_HOLDS_MS;
  if (topics !== undefined && holds(topics)) {
    recording.addSum("stored_messages", t, Number(messageTotals(topics, sighting).stored));
  }
  if (groups !== undefined && holds(groups)) {
    recording.addSum("consumer_lag_messages", t, Number(totalBacklog(swept).lag));
  }
  return recording;
}
