import { Cached } from "../rocketmq/cluster/cached.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOut } from "../rocketmq/cluster/fan-out.ts";
import { perCluster } from "../rocketmq/cluster/per-cluster.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import { orAborted } from "../rocketmq/remoting/abort.ts";
import { byCodeUnit } from "./ranking.ts";

/** What was read this lately answers; the refresh button asks for a new read. */
const FRESH_MS = 5000;

/** A read of a cluster that serves all who ask within some seconds, and that a write makes stale. */
export function sharedRead<T>(read: (cluster: RocketMQCluster) => Promise<T>) {
  const cachedOf = perCluster((cluster) => new Cached(() => read(cluster), FRESH_MS));
  return {
    get: (cluster: RocketMQCluster, fresh = false): Promise<T> =>
      orAborted(cachedOf(cluster).get(fresh), cluster.signal),
    /** What was read, when it is young enough to be shown without reading it again. */
    atHand: (cluster: RocketMQCluster): T | undefined => cachedOf(cluster).peek(),
  };
}

/** Everything in the tables of the masters by name, with what each of them has of it; sorted. `named` is there even where no master has it. */
export function entriesOf<V, C>(
  { items }: FanOut<BrokerTarget, ReadonlyMap<string, V>>,
  at: (target: BrokerTarget, value: V) => C,
  named: readonly string[] = [],
): [string, C[]][] {
  const entries = new Map(named.map((name): [string, C[]] => [name, []]));
  for (const { target, value: table } of items) {
    for (const [name, value] of table) {
      const known = entries.get(name);
      if (known === undefined) entries.set(name, [at(target, value)]);
      else known.push(at(target, value));
    }
  }
  return [...entries].sort(([a], [b]) => byCodeUnit(a, b));
}
