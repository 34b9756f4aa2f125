import { expect, test } from "vitest";
import type { RocketMQCluster } from "./cluster.ts";
import type { BrokerTarget } from "./targets.ts";
import { fanOut } from "./fan-out.ts";
import { tablesOfMasters } from "./tables-of-masters.ts";

const targets = ["a", "b", "c"].map((name): BrokerTarget => {
  return { name, addr: `${name}:10911`, brokerName: name, cluster: "c", brokerId: 0, role: "master" };
});
const cluster: Pick<RocketMQCluster, "onMasters"> = { onMasters: (ask, options) => fanOut(targets, ask, options) };

const tableOf = (size: number) => new Map(Array.from({ length: size }, (_, n) => [`topic-${n}`, n]));

test("tables that are too much together are failures of the masters that told more than there is room for", async () => {
  const sizes: Readonly<Record<string, number>> = { "a:10911": 6, "b:10911": 5, "c:10911": 4 };
  const read = (addr: string) => Promise.resolve(tableOf(sizes[addr] ?? 0));
  const { items, failures } = await tablesOfMasters(cluster, read, 10);
  expect(items.map(({ target, value }) => [target.name, value.size])).toEqual([
    ["a", 6],
    ["c", 4],
  ]);
  expect(failures).toMatchObject([{ target: "b", error: { code: "MALFORMED_RESPONSE", address: "b:10911" } }]);
  expect((await tablesOfMasters(cluster, read, 15)).failures).toEqual([]);
});
