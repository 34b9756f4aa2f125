import type { Bench, BenchCluster } from "./bench.ts";
import { createTopics, fill } from "./seed.ts";

export const MESSAGES_TOPIC = "bench-messages";
/** On each of the two masters. */
export const MESSAGES_QUEUES = 4;
/** The official lite pull consumer may lose what it had pulled before it was told to begin at the beginning. */
const MORE = 4096;

/** The topic that is pulled and browsed, on the shared cluster. */
export async function messagesTopic(bench: Bench): Promise<BenchCluster> {
  const cluster = await bench.cluster();
  await bench.once(MESSAGES_TOPIC, async () => {
    await createTopics(cluster.client, [MESSAGES_TOPIC], MESSAGES_QUEUES);
    await fill(cluster.client, MESSAGES_TOPIC, bench.settings.messages + MORE);
  });
  return cluster;
}
