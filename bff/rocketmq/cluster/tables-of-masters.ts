import { getHeapStatistics } from "node:v8";
import { RocketMQError } from "../errors.ts";
import type { RocketMQCluster } from "./cluster.ts";
import type { BrokerTarget } from "./targets.ts";
import type { FanOut } from "./fan-out.ts";

/** Of the heap, for each entry: one takes some 700 bytes, and those read before are kept beside the new ones until they are whole. */
const HEAP_EACH = 2500;
/** Entries of the tables of all masters together: 200,000 with a heap of 512 MB, over a million and a half with one of 4 GB. */
const ENTRIES_MAX = Math.floor(getHeapStatistics().heap_size_limit / HEAP_EACH);

/** Takes tables of one cluster as long as there is room for them beside those it took; throws MALFORMED_RESPONSE for one that is too much. */
export function roomForTables(most = ENTRIES_MAX) {
  let entries = 0;
  return <V>(addr: string, table: Map<string, V>): Map<string, V> => {
    if (entries + table.size > most)
      throw new RocketMQError(
        "MALFORMED_RESPONSE",
        `${addr}: ${table.size} entries beside ${entries} of other masters are over the limit of ${most} for all together`,
        { address: addr },
      );
    entries += table.size;
    return table;
  };
}

/** A table of each master. One that would be too much beside those of the others is a failure of that master. */
export function tablesOfMasters<V>(
  cluster: Pick<RocketMQCluster, "onMasters">,
  read: (addr: string) => Promise<Map<string, V>>,
  most?: number,
): Promise<FanOut<BrokerTarget, Map<string, V>>> {
  const fitting = roomForTables(most);
  return cluster.onMasters(async ({ addr }) => fitting(addr, await read(addr)));
}
