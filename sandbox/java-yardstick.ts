import { rm } from "node:fs/promises";
import { type ProgramCluster, clusterArgs, printedLines, startProgram } from "./java-program.ts";
import { untilReady } from "./jvm.ts";

/** What one round of a Java program took; seconds are wall time, cpuSeconds those of its whole process. */
export interface Measure {
  name: string;
  count: number;
  seconds: number;
  cpuSeconds: number;
}

const PACKAGE = "io.rocketdeck.yardstick";
const LIMIT_MS = 540_000;
// The clients at their best: both compilers and heap to spare.
const JVM_ARGS = ["-Xms512m", "-Xmx1g"];

type Program = "BenchmarkProducer" | "LitePull" | "AdminCalls";

function isMeasure(value: unknown): value is Measure {
  return typeof value === "object" && value !== null && "name" in value && "count" in value && "cpuSeconds" in value;
}

async function run(
  cluster: ProgramCluster,
  program: Program,
  repeat: number,
  options: Record<string, string | number>,
): Promise<Measure[]> {
  const own = Object.entries({ ...options, repeat }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const jvm = await startProgram({
    name: `yardstick-${program.toLowerCase()}`,
    mainClass: `${PACKAGE}.${program}`,
    jvmArgs: JVM_ARGS,
    args: [...clusterArgs(cluster), ...own],
    tls: cluster.tls,
  });
  const measures = async (): Promise<Measure[]> => {
    const lines = (await printedLines(jvm)).filter((line) => line.startsWith("{"));
    return lines.map((line): unknown => JSON.parse(line)).filter(isMeasure);
  };
  try {
    await untilReady(jvm, `done with ${repeat} rounds`, async () => (await measures()).length >= repeat, {
      limitMs: LIMIT_MS,
    });
  } catch (error) {
    await jvm.kill();
    throw error;
  }
  const done = await measures();
  await jvm.kill();
  await rm(jvm.dir, { recursive: true, force: true });
  return done;
}

/** RocketMQ's own benchmark producer (rocketmq-example); a round must last some seconds for it to report a rate. */
export function benchmarkProducer(
  cluster: ProgramCluster,
  {
    topic,
    count = 400_000,
    threads = 64,
    size = 1024,
    repeat = 1,
  }: { topic: string; count?: number; threads?: number; size?: number; repeat?: number },
): Promise<Measure[]> {
  return run(cluster, "BenchmarkProducer", repeat, { topic, count, threads, size });
}

/** The official lite pull consumer, from the beginning of every queue of a topic; needs `count` messages there. */
export function litePull(
  cluster: ProgramCluster,
  {
    topic,
    count = 100_000,
    batch = 32,
    repeat = 1,
  }: { topic: string; count?: number; batch?: number; repeat?: number },
): Promise<Measure[]> {
  return run(cluster, "LitePull", repeat, { topic, count, batch });
}

/** Creates `${prefix}r${round}-0` … with the official admin client, on every master. */
export function createTopics(
  cluster: ProgramCluster,
  { prefix, count, threads = 8, repeat = 1 }: { prefix: string; count: number; threads?: number; repeat?: number },
): Promise<Measure[]> {
  return run(cluster, "AdminCalls", repeat, { action: "create-topics", prefix, count, threads });
}

/** Consume stats (code 208) of the groups `${prefix}0` … from every master with the official admin client. */
export function consumeStats(
  cluster: ProgramCluster,
  { prefix, count, threads = 1, repeat = 1 }: { prefix: string; count: number; threads?: number; repeat?: number },
): Promise<Measure[]> {
  return run(cluster, "AdminCalls", repeat, { action: "consume-stats", prefix, count, threads });
}

/** All topic configs (code 21) of every master with the official admin client. */
export function allTopicConfigs(cluster: ProgramCluster, { repeat = 1 }: { repeat?: number } = {}): Promise<Measure[]> {
  return run(cluster, "AdminCalls", repeat, { action: "topic-configs" });
}
