import { readFilter } from "../../bff/features/message/scan/scan-filter.ts";
import { Scan } from "../../bff/features/message/scan/scan.ts";
import { ScanPace } from "../../bff/rocketmq/admin/message-scan.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { litePull } from "../../sandbox/java-yardstick.ts";
import type { Bench } from "../bench.ts";
import { atLeastTimes, atMostTimes, type Figure } from "../figure.ts";
import { Meter, type Rate } from "../meter.ts";
import { messagesTopic, MESSAGES_TOPIC } from "../messages-topic.ts";

const BATCH = 32;
const UNBOUNDED = 1e12;
/** True of none, and each message has to be looked into. */
const FILTER = '"no-such-property" in props && tag == props["no-such-property"]';

async function scanAll(cluster: RocketMQCluster, count: number): Promise<Rate> {
  const read = readFilter(FILTER);
  if ("fault" in read) throw new Error(read.fault.detail);
  const { signal } = new AbortController();
  const scan = await Scan.open(cluster, { instanceId: "", topic: MESSAGES_TOPIC, source: "time" }, read.filter, signal);
  const meter = new Meter();
  const run = scan.run(cluster, { pace: new ScanPace(UNBOUNDED), signal });
  for (let over = false; !over;) over = (await run.next()).done === true;
  const { messages, hits } = scan.figures;
  if (messages < count || hits > 0) throw new Error(`${messages} of ${count} messages were looked at, ${hits} hits`);
  return meter.rate(messages);
}

/** Going through a topic with a filter on properties, against a Java client that pulls it all and looks at nothing. */
export async function scan(bench: Bench): Promise<Figure[]> {
  const { sandbox, client } = await messagesTopic(bench);
  const count = bench.settings.messages;
  await scanAll(client, count);
  const ours: Rate[] = [];
  const java: Rate[] = [];
  await bench.rounds(3, async () => {
    const measures = await litePull(sandbox, { topic: MESSAGES_TOPIC, count, batch: BATCH, repeat: 3 });
    const measured = measures.at(-1);
    if (!measured) throw new Error("no round of the Java lite pull consumer");
    ours.push(await scanAll(client, count));
    java.push({ perSecond: count / measured.seconds, cpuMicros: (measured.cpuSeconds / count) * 1e6 });
    bench.tell({ ours, java });
  });
  const of = (pick: (rate: Rate) => number) => ({ ours: ours.map(pick), java: java.map(pick) });
  const what = `Scan ${count.toLocaleString("en")} messages of 1 KB with a filter on a property`;
  return [
    atLeastTimes({
      what,
      unit: "msg/s",
      ...of(({ perSecond }) => perSecond),
      factor: 0.7,
      note: "Java: lite pull consumer, batch 32, without a filter",
    }),
    atMostTimes({ what: "CPU of a scanned message", unit: "µs", ...of(({ cpuMicros }) => cpuMicros), factor: 1 }),
  ];
}
