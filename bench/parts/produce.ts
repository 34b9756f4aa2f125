import { Producer } from "../../bff/rocketmq/client/producer.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { benchmarkProducer } from "../../sandbox/java-yardstick.ts";
import type { Bench } from "../bench.ts";
import { atLeastTimes, atMostTimes, type Figure } from "../figure.ts";
import { Meter, type Rate } from "../meter.ts";
import { createTopics, eachOf } from "../seed.ts";

const TOPIC = "bench-produce";
const QUEUES = 8;
const SIZE = 1024;

async function send(cluster: RocketMQCluster, count: number, inFlight: number): Promise<Rate> {
  const producer = new Producer(cluster);
  const body = Buffer.alloc(SIZE, "0123456789abcdef");
  const meter = new Meter();
  await eachOf(count, inFlight, () => producer.send({ topic: TOPIC, body }));
  return meter.rate(count);
}

/** Sending messages of 1 KB: as many in flight here as the official benchmark producer has threads. */
export async function produce(bench: Bench): Promise<Figure[]> {
  const { count, inFlight } = bench.settings.produce;
  const { sandbox, client, stop } = await bench.newCluster();
  await createTopics(client, [TOPIC], QUEUES);
  await send(client, count / 4, inFlight);
  const ours: Rate[] = [];
  const java: Rate[] = [];
  await bench.rounds(5, async () => {
    // The first of the two warms the JVM up.
    const [, measured] = await benchmarkProducer(sandbox, {
      topic: TOPIC,
      count,
      threads: inFlight,
      size: SIZE,
      repeat: 2,
    });
    ours.push(await send(client, count, inFlight));
    if (!measured) throw new Error("no round of the Java benchmark producer");
    java.push({ perSecond: count / measured.seconds, cpuMicros: (measured.cpuSeconds / count) * 1e6 });
    bench.tell({ ours, java });
  });
  await stop();
  const of = (pick: (rate: Rate) => number) => ({ ours: ours.map(pick), java: java.map(pick) });
  return [
    atLeastTimes({
      what: `Produce 1 KB, ${inFlight} in flight`,
      unit: "msg/s",
      ...of(({ perSecond }) => perSecond),
      factor: 1.2,
      note: `Java: benchmark producer of rocketmq-example, ${inFlight} threads`,
    }),
    atMostTimes({ what: "CPU of a sent message", unit: "µs", ...of(({ cpuMicros }) => cpuMicros), factor: 0.5 }),
  ];
}
