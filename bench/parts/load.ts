import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench.ts";
import { timed, type BenchConsole } from "../console.ts";
import { atMost, type Figure } from "../figure.ts";
import { seedTopics, TOPIC_PREFIX } from "./topics.ts";

const PEOPLE = 300;
const EVERY_MS = 5000;
const MESSAGES_A_JOB = 10_000;
const HEALTH_EVERY_MS = 250;

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** What 300 people measured together; requests that failed are errors of the part. */
class Crowd {
  readonly overview: number[] = [];
  readonly topics: number[] = [];
  readonly health: number[] = [];
  /** Rows of jobs that were streamed. */
  rows = 0;
  #jobId = "";
  readonly #at: BenchConsole;
  readonly #over: AbortSignal;

  constructor(at: BenchConsole, over: AbortSignal) {
    this.#at = at;
    this.#over = over;
  }

  /** Dial tests one after the other, so that there is always one that is busy. */
  async keepBusy(): Promise<void> {
    const { api, instanceId } = this.#at;
    while (!this.#over.aborted) {
      const { jobId } = await api.dialTest.produce({ instanceId, topic: `${TOPIC_PREFIX}0`, count: MESSAGES_A_JOB });
      this.#jobId = jobId;
      for await (const { job } of await api.job.watch({ jobId })) if (job.finishedAt !== null) break;
    }
  }

  async watch(): Promise<void> {
    while (!this.#over.aborted) {
      if (this.#jobId === "") await sleep(50);
      else for await (const { rows } of await this.#at.api.job.watch({ jobId: this.#jobId })) this.rows += rows.length;
    }
  }

  /** Somebody who has the overview and a list of topics open, each of which asks again by itself. */
  async person(): Promise<void> {
    const { api, instanceId } = this.#at;
    await sleep(Math.random() * EVERY_MS);
    while (!this.#over.aborted) {
      const startedAt = performance.now();
      this.overview.push((await timed(() => api.overview.summary({ instanceId }))).ms);
      this.topics.push((await timed(() => api.topic.list({ instanceId, pageSize: 20 }))).ms);
      await sleep(Math.max(0, startedAt + EVERY_MS - performance.now()));
    }
  }

  /** What a liveness probe sees, which opens a connection each time. */
  async probe(): Promise<void> {
    while (!this.#over.aborted) {
      const ask = () => fetch(`${this.#at.url}/healthz`, { headers: { connection: "close" } }).then((r) => r.text());
      this.health.push((await timed(ask)).ms);
      await sleep(HEALTH_EVERY_MS);
    }
  }
}

/** 300 people who look at the same instance, each of whom follows a busy job too. */
export async function load(bench: Bench): Promise<Figure[]> {
  await seedTopics(bench, bench.settings.topics);
  const at = await bench.console();
  const crowd = new Crowd(at, AbortSignal.timeout(bench.settings.loadSeconds * 1000));
  const each = (run: () => Promise<void>) => Array.from({ length: PEOPLE }, run);
  await Promise.all([crowd.keepBusy(), crowd.probe(), ...each(() => crowd.watch()), ...each(() => crowd.person())]);
  const { overview, topics, health } = crowd;
  for (const [name, values] of Object.entries({ overview, topics, health })) {
    const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => percentile(values, share).toFixed(0));
    console.log(`  ${name}: p50 ${p50}, p90 ${p90}, p99 ${p99} ms of ${values.length}; ${crowd.rows} rows streamed`);
  }
  const what = `${PEOPLE} people every ${EVERY_MS / 1000} s and as many job streams, p99:`;
  const note = "no request failed";
  return [
    atMost(`${what} overview`, "ms", { ours: [percentile(overview, 0.99)], limit: 500, note }),
    atMost(`${what} topics`, "ms", { ours: [percentile(topics, 0.99)], limit: 500, note }),
    atMost(`${what} health on a new connection`, "ms", { ours: [percentile(health, 0.99)], limit: 500, note }),
  ];
}
