import { expect, test } from "vitest";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { TopicStatsTable } from "../rocketmq/rpc/topic.ts";
import { scriptedPeer } from "../testing/scripted-peer.ts";
import { KeptBook, olderOf } from "./kept-book.ts";

const table = (queues: number, of: { minOffset: bigint; maxOffset: bigint }): TopicStatsTable => ({
  offsetTable: Array.from({ length: queues }, (_, queueId) => [
    { topic: "%DLQ%g", brokerName: "a", queueId },
    { ...of, lastUpdateTimestamp: 1 },
  ]),
  topicPutTps: undefined,
});

test("a broker is asked for the oldest where the queue has moved, or after a while; of a topic of many queues it is not", async () => {
  let [now, oldest] = [0, 5];
  const peer = await scriptedPeer((code) =>
    code === 32 ? { ext: { timestamp: String(oldest) } } : { body: "fileReservedTime=2\n" },
  );
  const cluster = new RocketMQCluster({ namesrvAddrs: [peer.addr] });
  try {
    const book = new KeptBook(() => now);
    const read = async (minOffset: bigint, maxOffset: bigint, queues = 1) =>
      (await book.read(cluster, peer.addr, table(queues, { minOffset, maxOffset }))).kept;
    const kept = (oldestAt: number) => ({ oldestAt, until: oldestAt + 2 * 3_600_000 });
    expect(await read(0n, 3n)).toEqual(kept(5));
    oldest = 7;
    expect(await read(0n, 4n), "as long as it begins there").toEqual(kept(5));
    expect(await read(1n, 4n), "once it begins elsewhere").toEqual(kept(7));
    oldest = 9;
    expect(await read(1n, 2n), "of a topic made anew").toEqual(kept(9));
    oldest = 11;
    now = 600_000;
    expect(await read(1n, 2n), "after a while").toEqual(kept(11));
    expect(await read(0n, 0n), "of an empty one").toBeUndefined();
    expect(await read(0n, 1n, 100_000)).toBeNull();
  } finally {
    cluster.close();
    await peer.stop();
  }
});

test("of what is kept in several places the oldest counts, and the first that goes; a place that did not tell makes both unknown", () => {
  const [a, b] = [
    { oldestAt: 5, until: 20 },
    { oldestAt: 7, until: 9 },
  ];
  expect(olderOf(a, b)).toEqual({ oldestAt: 5, until: 9 });
  expect(olderOf(a, { ...b, until: null })).toEqual({ oldestAt: 5, until: null });
  expect(olderOf(a, null)).toBeNull();
  expect(olderOf(undefined, b)).toEqual(b);
  expect(olderOf(undefined, null)).toBeNull();
  expect(olderOf(undefined, undefined)).toBeUndefined();
});
