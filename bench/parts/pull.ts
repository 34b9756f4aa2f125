import { presentMessage } from "../../bff/features/message/message.presenter.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { PullConsumer } from "../../bff/rocketmq/client/pull-consumer.ts";
import { litePull } from "../../sandbox/java-yardstick.ts";
import type { Bench } from "../bench.ts";
import { atLeastTimes, atMostTimes, type Figure } from "../figure.ts";
import { Meter, type Rate } from "../meter.ts";
import { messagesTopic, MESSAGES_QUEUES, MESSAGES_TOPIC } from "../messages-topic.ts";

const BATCH = 32;

async function pullAll(cluster: RocketMQCluster, count: number): Promise<Rate> {
  const { targets } = await cluster.masters();
  const consumer = new PullConsumer(cluster);
  const queues = targets.flatMap(({ brokerName }) =>
    Array.from({ length: MESSAGES_QUEUES }, (_, queueId) => ({ topic: MESSAGES_TOPIC, brokerName, queueId })),
  );
  const end = BigInt(count / queues.length);
  let seen = 0;
  let bytes = 0;
  const meter = new Meter();
  await Promise.all(
    queues.map(async (queue) => {
      for await (const messages of consumer.read(queue, 0n, end, { maxNums: BATCH })) {
        for (const message of messages) bytes += presentMessage(message).bodySize;
        seen += messages.length;
      }
    }),
  );
  const rate = meter.rate(count);
  if (seen !== count || bytes !== count * 1024) throw new Error(`${seen} of ${count} messages came, ${bytes} bytes`);
  return rate;
}

/** Reading a topic to its end, each message decoded to the fields that the view shows. */
export async function pull(bench: Bench): Promise<Figure[]> {
  const { sandbox, client } = await messagesTopic(bench);
  const count = bench.settings.messages;
  await pullAll(client, count);
  const ours: Rate[] = [];
  const java: Rate[] = [];
  await bench.rounds(3, async () => {
    // The first two warm the JVM up.
    const measures = await litePull(sandbox, { topic: MESSAGES_TOPIC, count, batch: BATCH, repeat: 3 });
    const measured = measures.at(-1);
    if (!measured) throw new Error("no round of the Java lite pull consumer");
    ours.push(await pullAll(client, count));
    java.push({ perSecond: count / measured.seconds, cpuMicros: (measured.cpuSeconds / count) * 1e6 });
    bench.tell({ ours, java });
  });
  const of = (pick: (rate: Rate) => number) => ({ ours: ours.map(pick), java: java.map(pick) });
  const what = `Pull ${count.toLocaleString("en")} messages of 1 KB`;
  return [
    atLeastTimes({
      what,
      unit: "msg/s",
      ...of(({ perSecond }) => perSecond),
      factor: 0.7,
      note: "decoded to the view's fields; Java: lite pull consumer, batch 32",
    }),
    atMostTimes({ what: "CPU of a pulled message", unit: "µs", ...of(({ cpuMicros }) => cpuMicros), factor: 1 }),
  ];
}
