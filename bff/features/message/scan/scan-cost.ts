import type { ScanCost, ScanSource } from "#contract/scan.ts";
import type { Deps } from "../../../api/deps.ts";
import { failuresOf } from "../../../cluster/failures.ts";
import { countOf, type ScanRange } from "../../../rocketmq/admin/scan-ranges.ts";
import { PullConsumer } from "../../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { filterOf } from "./scan-filter.ts";
import { openSource, type ScanPaces } from "./scan-source.ts";

/** Queues that some messages are read of, and how many of each. */
const SAMPLED_QUEUES = 8;
const SAMPLE = 4;

/** Bytes of a message, of those that lie in the middle of some queues; null where none was read. */
async function sizeOfOne(
  cluster: RocketMQCluster,
  topic: string,
  ranges: readonly ScanRange[],
  signal?: AbortSignal,
): Promise<number | null> {
  const consumer = new PullConsumer(cluster);
  const step = Math.max(1, Math.floor(ranges.length / SAMPLED_QUEUES));
  const some = ranges.filter((_, n) => n % step === 0).slice(0, SAMPLED_QUEUES);
  const sizes: number[] = [];
  const sample = async ({ brokerName, queueId, from, end }: ScanRange) => {
    try {
      const place = { topic, brokerName, queueId };
      const { messages } = await consumer.pull(place, (from + end) / 2n, { maxNums: SAMPLE, signal });
      sizes.push(...messages.map(({ storeSize }) => storeSize));
    } catch (error) {
      signal?.throwIfAborted();
      asRocketMQError(error);
    }
  };
  await cluster.turns.each(some, sample, signal);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** About how many messages and bytes a scan reads, from the offsets of its queues. */
export async function scanCost(
  deps: Deps,
  paces: ScanPaces,
  input: ScanSource & { expression: string },
  signal?: AbortSignal,
): Promise<ScanCost> {
  const filter = filterOf(input.expression);
  const cluster = await deps.clusters.get(input.instanceId, signal);
  const { ranges, failures, unread, compacted, tags } = await openSource(cluster, input, filter, signal);
  const messages = countOf(ranges);
  const size = messages === 0n ? 0 : await sizeOfOne(cluster, input.topic, ranges, signal);
  return {
    messages: messages.toString(),
    bytes: size === null ? null : Math.round(Number(messages) * size),
    queues: ranges.length,
    atMost: compacted,
    tags: [...(tags ?? [])],
    bytesPerSecond: paces.bytesPerSecond,
    failures: failuresOf(failures),
    unread,
    at: deps.now(),
  };
}
