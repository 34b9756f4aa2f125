import type { RocketMQCluster } from "./cluster.ts";

const forgetters: ((cluster: RocketMQCluster) => void)[] = [];

/** Something kept for each cluster, made when it is first asked for and dropped by `forgetWritten`. */
export function perCluster<T>(make: (cluster: RocketMQCluster) => T): (cluster: RocketMQCluster) => T {
  const kept = new WeakMap<RocketMQCluster, { value: T }>();
  forgetters.push(({ base }) => void kept.delete(base));
  return ({ base: cluster }) => {
    let entry = kept.get(cluster);
    if (entry === undefined) {
      entry = { value: make(cluster) };
      kept.set(cluster, entry);
    }
    return entry.value;
  };
}

/** After a write: what is kept of the cluster, and what is being read for it, is out of date. */
export function forgetWritten(cluster: RocketMQCluster): void {
  for (const forget of forgetters) forget(cluster);
}
