import type { ScanSource } from "#contract/scan.ts";
import type { Problem } from "../../../base/problem.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { ScanPace } from "../../../rocketmq/admin/message-scan.ts";
import { NoSuchQueue, scanRanges, type ScanPart, type ScanRanges } from "../../../rocketmq/admin/scan-ranges.ts";
import { assertGroupKnown } from "../group-known.ts";
import { aboutTopic, atField } from "../message-find.ts";
import { takesTags, type ScanFilter } from "./scan-filter.ts";

const LONG_MAX = 2n ** 63n - 2n;
const MB = 1024 * 1024;

const needed = (path: string): Problem => atField("BAD_REQUEST", path, `${path}.needed`);

function offsetIn(input: ScanSource, path: "fromOffset" | "toOffset"): bigint | undefined {
  const text = input[path];
  if (text === undefined) return undefined;
  const offset = BigInt(text);
  if (offset > LONG_MAX) throw atField("BAD_REQUEST", path, "offset.invalid");
  return offset;
}

/** Throws BAD_REQUEST at the field that is missing or does not fit the others. */
export function partOf(input: ScanSource): ScanPart {
  const { source, from = 0, to = Number.MAX_SAFE_INTEGER, brokerName, queueId, group } = input;
  if (source === "time") {
    if (from > to) throw atField("BAD_REQUEST", "to", "range.reversed");
    return { kind: "time", from, to };
  }
  if (source === "unread") {
    if (group === undefined) throw needed("group");
    return { kind: "unread", group };
  }
  if (brokerName === undefined) throw needed("brokerName");
  if (queueId === undefined) throw needed("queueId");
  const range = { from: offsetIn(input, "fromOffset"), to: offsetIn(input, "toOffset") };
  if (range.from !== undefined && range.to !== undefined && range.from > range.to)
    throw atField("BAD_REQUEST", "toOffset", "range.reversed");
  return { kind: "queue", brokerName, queueId, ...range };
}

export interface FoundSource extends ScanRanges {
  /** Tags that brokers are asked for. */
  tags: readonly string[] | undefined;
}

/** What a scan of a source reads. */
export async function openSource(
  cluster: RocketMQCluster,
  input: ScanSource,
  filter: ScanFilter,
  signal?: AbortSignal,
): Promise<FoundSource> {
  const part = partOf(input);
  if (part.kind === "unread") await assertGroupKnown(cluster, part.group);
  const ranges = scanRanges(cluster, input.topic, part, signal).catch((error: unknown) => {
    if (!(error instanceof NoSuchQueue)) throw error;
    throw atField("BAD_REQUEST", error.field, error.field === "queueId" ? "queue.unknown" : "broker.unknown");
  });
  const found = await aboutTopic(input.topic, ranges);
  return { ...found, tags: found.batches || !takesTags(input.topic) ? undefined : filter.tags };
}

/** One pace for all who scan a cluster. */
export class ScanPaces {
  readonly #paces = new WeakMap<RocketMQCluster, ScanPace>();
  readonly bytesPerSecond: number;

  constructor(mbPerSecond: number) {
    this.bytesPerSecond = mbPerSecond * MB;
  }

  of({ base }: RocketMQCluster): ScanPace {
    const pace = this.#paces.get(base) ?? new ScanPace(this.bytesPerSecond);
    this.#paces.set(base, pace);
    return pace;
  }
}
