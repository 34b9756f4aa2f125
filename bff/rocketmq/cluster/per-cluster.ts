import type { RocketMQCluster } from "./cluster.ts";

/** Stands for what is known of a cluster since the last write: all that is kept hangs on it, and goes with it. */
const knowledge = new WeakMap<RocketMQCluster, object>();

function knowledgeOf({ base }: RocketMQCluster): object {
  const known = knowledge.get(base) ?? {};
  knowledge.set(base, known);
  return known;
}

/** Something kept for each cluster, made when it is first asked for and dropped by `forgetWritten`. */
export function perCluster<T>(make: (cluster: RocketMQCluster) => T): (cluster: RocketMQCluster) => T {
  const kept = new WeakMap<object, { value: T }>();
  return (cluster) => {
    const known = knowledgeOf(cluster);
    const entry = kept.get(known) ?? { value: make(cluster.base) };
    kept.set(known, entry);
    return entry.value;
  };
}

/** After a write: what is kept of the cluster, and what is being read for it, is out of date. */
export const forgetWritten = ({ base }: RocketMQCluster): void => void knowledge.delete(base);
