import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "../../bff/testing/child.ts";
import { Producer } from "../../bff/rocketmq/client/producer.ts";
import type { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import type { Bench } from "../bench.ts";
import type { BenchConsole } from "../console.ts";
import type { CrowdSeen, CrowdTask, JobPace } from "../crowd.ts";
import { atMost, type Figure } from "../figure.ts";
import { createTopics, eachOf } from "../seed.ts";
import { seedTopics } from "./topics.ts";

const PEOPLE = 300;
const TOPIC = "bench-load";
/** Messages a second that a steady job shows one by one: watchers are told of them as often as they may be. */
const MESSAGES_A_SECOND = 50;
const FEED_MS = 100;
const TICKS_A_SECOND = 100;
/** Above this delay of its own, or share of a core, the crowd measures itself as well. */
const SATURATED = { loopDelayMs: 50, cpu: 0.8 };

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** A session of each person, with a sign-in of its own as people do. */
async function sessions(at: BenchConsole): Promise<string[]> {
  const cookies: string[] = [];
  await eachOf(PEOPLE, 4, async () => cookies.push(await at.signIn()));
  return cookies;
}

async function feed(cluster: RocketMQCluster, signal: AbortSignal): Promise<void> {
  const producer = new Producer(cluster);
  while (!signal.aborted) {
    const due = Array.from({ length: (MESSAGES_A_SECOND * FEED_MS) / 1000 }, () =>
      producer.send({ topic: TOPIC, body: Buffer.alloc(1024, "0123456789abcdef") }),
    );
    await Promise.all([...due, sleep(FEED_MS)]);
  }
}

/** Seconds of CPU that a process has used so far. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) / TICKS_A_SECOND;
}

/** How late the console's event loop was (p99) since it was last asked, in ms. */
async function loopDelayMs({ url, cookie }: BenchConsole): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`, { headers: { cookie } })).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1]) * 1000;
}

async function crowded(at: BenchConsole, task: CrowdTask): Promise<CrowdSeen> {
  const crowd = startChild("bench/crowd.ts");
  try {
    await loopDelayMs(at);
    const before = await cpuSeconds(at.pid);
    const seen = await crowd.ask<CrowdSeen>(task);
    const cpu = (await cpuSeconds(at.pid)) - before;
    for (const name of ["overview", "topics", "health", "arriving"] as const) {
      const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentile(seen[name], share).toFixed(0));
      const most = Math.max(...seen[name]).toFixed(0);
      console.log(
        `  ${task.jobs} ${name}: p50 ${p50}, p90 ${p90}, p99 ${p99}, most ${most} ms of ${seen[name].length}`,
      );
    }
    console.log(
      `  ${task.jobs}: ${seen.events} events, ${seen.megabytes.toFixed(0)} MB; console ${Math.round((cpu / seen.seconds) * 100)}% of a core,`,
      `loop p99 ${(await loopDelayMs(at)).toFixed(0)} ms; crowd ${Math.round(seen.cpu * 100)}%, loop ${seen.loopDelayMs.toFixed(0)} ms late`,
    );
    return seen;
  } finally {
    await crowd.stop();
  }
}

function figures(jobs: JobPace, seen: CrowdSeen): Figure[] {
  const isSaturated = seen.loopDelayMs > SATURATED.loopDelayMs || seen.cpu > SATURATED.cpu;
  const own = `its own loop was ${seen.loopDelayMs.toFixed(0)} ms late${isSaturated ? ", so it was saturated" : ""}`;
  const note = `no request failed; the crowd used ${Math.round(seen.cpu * 100)}% of a core, ${own}`;
  const what = `${PEOPLE} people every 5 s, each with the stream of a ${jobs} job, p99:`;
  return [
    atMost(`${what} overview`, "ms", { ours: [percentile(seen.overview, 0.99)], limit: 500, note }),
    atMost(`${what} topics`, "ms", { ours: [percentile(seen.topics, 0.99)], limit: 500, note }),
    atMost(`${what} health on a new connection`, "ms", { ours: [percentile(seen.health, 0.99)], limit: 500, note }),
  ];
}

/** 300 people who look at the same instance, each of whom follows a job too: one that goes on steadily, and one that is as fast as it can be. */
export async function load(bench: Bench): Promise<Figure[]> {
  const { client } = await seedTopics(bench, bench.settings.topics);
  await createTopics(client, [TOPIC]);
  const at = await bench.console();
  const task = { url: at.url, cookies: await sessions(at), instanceId: at.instanceId, topic: TOPIC };
  const seconds = bench.settings.loadSeconds;
  const fed = new AbortController();
  const feeding = feed(client, fed.signal);
  const steady = await crowded(at, { ...task, jobs: "steady", seconds });
  fed.abort();
  await feeding;
  const fast = await crowded(at, { ...task, jobs: "fast", seconds });
  return [...figures("steady", steady), ...figures("fast", fast)];
}
