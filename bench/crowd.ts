/**
 * Many people at a console, in a process of their own, so that what they are late themselves can be told from what the console is.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "#contract/list.ts";
import { apiClient, type Api } from "../e2e/support/api-client.ts";
import { timed } from "./console.ts";

/** How the job that all follow goes: a row now and then, or as many as the console and the brokers manage. */
export type JobPace = "steady" | "fast";

export interface CrowdTask {
  url: string;
  /** A session of each. */
  cookies: string[];
  instanceId: string;
  topic: string;
  jobs: JobPace;
  /** How long it is measured, from when everybody has come and has asked once. */
  seconds: number;
}

export interface CrowdSeen {
  overview: number[];
  topics: number[];
  health: number[];
  /** Everything that was asked before everybody had come. */
  arriving: number[];
  /** What all were sent of jobs. */
  events: number;
  megabytes: number;
  /** Of this process. */
  loopDelayMs: number;
  cpu: number;
  /** How long it took. */
  seconds: number;
}

const EVERY_MS = 5000;
const HEALTH_EVERY_MS = 250;
const JOB_MAX = 10_000;
const LOOK_MS = 200;
const LOOP_RESOLUTION_MS = 10;

function whole<T extends { failures: readonly Failure[] }>(answer: T): T {
  if (answer.failures.length > 0) throw new Error(`not a whole answer: ${JSON.stringify(answer.failures)}`);
  return answer;
}

class Crowd {
  readonly overview: number[] = [];
  readonly topics: number[] = [];
  readonly health: number[] = [];
  readonly arriving: number[] = [];
  events = 0;
  bytes = 0;
  readonly #task: CrowdTask;
  readonly #over: AbortSignal;
  /** Everybody has come and has asked once. */
  readonly #allHere = performance.now() + 2 * EVERY_MS;
  #jobId = "";
  #newJob: () => void = () => undefined;
  #nextJob = this.#awaitJob();

  constructor(task: CrowdTask, over: AbortSignal) {
    this.#task = task;
    this.#over = over;
  }

  #awaitJob(): Promise<void> {
    return new Promise((resolve) => (this.#newJob = resolve));
  }

  /** There is always a job that runs. */
  async keepBusy(cookie: string): Promise<void> {
    const api = apiClient(this.#task.url, cookie);
    while (!this.#over.aborted) {
      const { jobId } = await this.#start(api);
      this.#jobId = jobId;
      const announce = this.#newJob;
      this.#nextJob = this.#awaitJob();
      announce();
      while (!this.#over.aborted && (await api.job.get({ jobId })).finishedAt === null) await sleep(LOOK_MS);
      await api.job.cancel({ jobId });
    }
  }

  #start(api: Api): Promise<{ jobId: string }> {
    const { instanceId, topic, jobs, seconds } = this.#task;
    return jobs === "fast"
      ? api.dialTest.produce({ instanceId, topic, count: JOB_MAX })
      : api.dialTest.consume({ instanceId, topic, from: "latest", count: JOB_MAX, timeoutSeconds: seconds * 3 });
  }

  async #watch(cookie: string): Promise<void> {
    while (!this.#over.aborted) {
      if (this.#jobId === "") await this.#nextJob;
      const jobId = this.#jobId;
      await this.#follow(jobId, cookie);
      if (jobId === this.#jobId && !this.#over.aborted) await Promise.race([this.#nextJob, this.#ends()]);
    }
  }

  #ends(): Promise<void> {
    return new Promise((resolve) => this.#over.addEventListener("abort", () => resolve()));
  }

  async #follow(jobId: string, cookie: string): Promise<void> {
    try {
      const answer = await fetch(`${this.#task.url}/api/jobs/${jobId}/events`, {
        headers: { cookie },
        signal: this.#over,
      });
      if (!answer.ok || answer.body === null) throw new Error(`a stream was answered with ${answer.status}`);
      for await (const chunk of answer.body) {
        this.bytes += chunk.length;
        if (Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes("event: message")) this.events += 1;
      }
    } catch (error) {
      if (!this.#over.aborted) throw error;
    }
  }

  /** Somebody comes, follows the job, and looks at the overview and at a list of topics, which ask again by themselves. */
  async person(cookie: string): Promise<void> {
    await sleep(Math.random() * EVERY_MS);
    await Promise.all([this.#watch(cookie), this.#look(cookie)]);
  }

  async #timed(into: number[], ask: () => Promise<unknown>): Promise<void> {
    const times = performance.now() >= this.#allHere ? into : this.arriving;
    times.push((await timed(ask)).ms);
  }

  async #look(cookie: string): Promise<void> {
    const { url, instanceId } = this.#task;
    const api = apiClient(url, cookie);
    while (!this.#over.aborted) {
      const startedAt = performance.now();
      await this.#timed(this.overview, async () => whole(await api.overview.summary({ instanceId })));
      await this.#timed(this.topics, async () => whole(await api.topic.list({ instanceId, pageSize: 20 })));
      await sleep(Math.max(0, startedAt + EVERY_MS - performance.now()));
    }
  }

  /** What a liveness probe sees, which opens a connection each time. */
  async probe(): Promise<void> {
    while (!this.#over.aborted) {
      const ask = () => fetch(`${this.#task.url}/healthz`, { headers: { connection: "close" } }).then((r) => r.text());
      await this.#timed(this.health, ask);
      await sleep(HEALTH_EVERY_MS);
    }
  }
}

async function run(task: CrowdTask): Promise<CrowdSeen> {
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const crowd = new Crowd(task, AbortSignal.timeout(2 * EVERY_MS + task.seconds * 1000));
  const { cookies } = task;
  await Promise.all([
    crowd.keepBusy(cookies[0] ?? ""),
    crowd.probe(),
    ...cookies.map((cookie) => crowd.person(cookie)),
  ]);
  const { user, system } = process.cpuUsage(before);
  const { overview, topics, health, arriving, events, bytes } = crowd;
  const ms = performance.now() - startedAt;
  return {
    overview,
    topics,
    health,
    arriving,
    events,
    megabytes: bytes / 1e6,
    loopDelayMs: loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS,
    cpu: (user + system) / 1000 / ms,
    seconds: ms / 1000,
  };
}

process.on("message", (task: CrowdTask) => {
  void run(task).then((seen) => process.send?.(seen));
});
process.on("disconnect", () => process.exit());
