import { setTimeout as pause } from "node:timers/promises";
import type { LoadTest } from "#contract/dial-run.ts";
import { LOAD_QUEUES_MAX } from "#contract/rules/limits.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobContext, JobKind } from "../../jobs/job.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../rocketmq/errors.ts";
import { brokersOf } from "./limits.ts";
import { BrokerCounters, type BrokerFigures } from "./load-brokers.ts";
import { LoadFigures, type LoadSecond } from "./load-figures.ts";
import { readLoad } from "./load-reader.ts";
import { makeGroup, makeTopic, removeMade } from "./made.ts";
import { DIAL_GROUP, fillerOf } from "./produce.job.ts";
import { pump } from "./pump.ts";
import { runQueues, type RunQueue } from "./spread-queues.ts";

/** A load test once its names are known, and how much it may send a second. */
export type LoadRun = LoadTest & {
  topic: string;
  makesTopic: boolean;
  topicType: string | null;
  group?: string;
  perSecond: number;
};

/** Sends under way of a test by a rate, and bytes of them. */
const IN_FLIGHT_MAX = 1024;
const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const SECOND_MS = 1000;
/** What was sent is read for so long after the last of it. */
const DRAIN_MS = 10_000;
const DRAIN_LOOK_MS = 50;
/** Less than this of what was asked for is told as not reached. */
const REACHED = 0.98;

class Load {
  readonly #ctx: JobContext;
  readonly #test: LoadRun;
  readonly #queues: readonly RunQueue[];
  readonly #producer: Producer;
  readonly #consumer: PullConsumer;
  readonly #counters: BrokerCounters;
  readonly #figures: LoadFigures;
  readonly #tag: string;
  readonly #body: Buffer;
  #turn = 0;
  #seconds = 0;

  constructor(ctx: JobContext, cluster: RocketMQCluster, test: LoadRun, queues: readonly RunQueue[]) {
    const size = test.sizeKb * 1024;
    this.#ctx = ctx;
    this.#test = test;
    this.#queues = queues;
    // As large on the wire as was asked for: nothing is compressed, and what fails is told and not sent elsewhere.
    this.#producer = new Producer(cluster, { group: DIAL_GROUP, compressAbove: Infinity, maxMessageSize: size });
    this.#consumer = new PullConsumer(cluster);
    this.#counters = new BrokerCounters(cluster, brokersOf(queues));
    this.#figures = new LoadFigures({ size, reads: test.group !== undefined });
    this.#tag = `load_${ctx.jobId.slice(0, 8)}`;
    this.#body = fillerOf({ n: 0, count: 0, at: Date.now(), size });
  }

  async run(): Promise<void> {
    const { signal } = this.#ctx;
    const { seconds, threads, perSecond, sizeKb } = this.#test;
    const room = Math.max(1, Math.floor(BYTES_IN_FLIGHT / (sizeKb * 1024)));
    const atOnce = Math.min(threads ?? IN_FLIGHT_MAX, room);
    const ends = new AbortController();
    const ended = AbortSignal.any([signal, ends.signal]);
    await this.#counters.read(signal);
    const beside = [this.#reads(ended), this.#ticks(ended)];
    const started = performance.now();
    try {
      const { begun } = await pump({ perSecond, atOnce, ms: seconds * SECOND_MS, signal }, () => this.#sendOne());
      const took = Math.max(performance.now() - started, 1);
      await this.#drain(signal);
      this.#summary(took / 1000, begun);
    } finally {
      ends.abort();
      await Promise.all(beside);
    }
    this.#second(this.#figures.second(Date.now()), []);
    // One that was stopped has fewer seconds than it was to have.
    if (!signal.aborted) this.#ctx.total(this.#seconds);
  }

  async #sendOne(): Promise<void> {
    const { topic, topicType } = this.#test;
    const queue = this.#queues[this.#turn++ % this.#queues.length];
    const shardingKey = topicType === "FIFO" ? "rocketdeck" : undefined;
    const at = performance.now();
    try {
      await this.#producer.send({ topic, tag: this.#tag, body: this.#body, queue, shardingKey });
      this.#figures.didSend(performance.now() - at);
    } catch (error) {
      this.#figures.didFail(asRocketMQError(error).code);
    }
  }

  async #reads(signal: AbortSignal): Promise<void> {
    const { group } = this.#test;
    if (group === undefined) return;
    const figures = this.#figures;
    const reading = {
      consumer: this.#consumer,
      group,
      tag: this.#tag,
      signal,
      onMessage: (ms: number) => figures.didReceive(ms),
      onFailure: () => (figures.readFailures += 1),
    };
    await Promise.all(this.#queues.map((queue) => readLoad(queue, reading)));
  }

  /** A row for each second. */
  async #ticks(signal: AbortSignal): Promise<void> {
    const started = performance.now();
    for (let n = 1; !signal.aborted; n++) {
      const left = started + n * SECOND_MS - performance.now();
      await pause(Math.max(0, left), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#tick(signal);
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const brokers = await this.#counters.read(signal).catch(() => []);
    if (signal.aborted) return;
    this.#second(this.#figures.second(Date.now()), brokers);
    this.#summary(this.#seconds);
  }

  #second(second: LoadSecond, brokers: BrokerFigures[]): void {
    if (second.sent + second.failed + (second.received ?? 0) === 0 && brokers.length === 0) return;
    this.#seconds += 1;
    const code = second.failed === 0 ? undefined : this.#figures.lastFailure;
    const state = second.failed === 0 ? "ok" : "failed";
    this.#ctx.record(this.#seconds, this.#test.topic, { state, code, data: { ...second, brokers } });
  }

  /** Reads on until all is here that was stored, or for as long as that may take. */
  async #drain(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + DRAIN_MS;
    if (this.#test.group === undefined) return;
    while (this.#figures.received < this.#figures.sent && performance.now() < deadline) {
      if (signal.aborted) return;
      await pause(DRAIN_LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** `begun` is known once all was sent. */
  #summary(seconds: number, begun?: number): void {
    const { sent, failed, received, failures, readFailures, send, endToEnd } = this.#figures;
    const { rate, seconds: asked, group } = this.#test;
    const size = this.#test.sizeKb * 1024;
    this.#ctx.summary({
      sent,
      sendFailures: failed,
      bytes: sent * size,
      seconds,
      ...(begun === undefined ? {} : { perSecond: sent / seconds, bytesPerSecond: (sent * size) / seconds, begun }),
      ...(group === undefined ? {} : { messages: received, readFailures }),
      failures: Object.fromEntries(failures),
      ...(begun !== undefined && rate !== undefined && !this.#ctx.signal.aborted
        ? { reached: sent >= rate * asked * REACHED && seconds <= asked / REACHED + 1 }
        : {}),
      send: send.figures(),
      ...endToEnd.figures(),
    });
  }
}

/** Sends by a rate or by senders for a time, and reads it: a row for each second, with what the brokers say meanwhile. What it made goes with it. */
export const loadTest = (deps: Deps): JobKind<LoadRun> => ({
  kind: "dialTest.load",
  action: "message:send",
  describe: ({ instanceId, despiteConsumers, ...shown }) => shown,
  async run(ctx, test) {
    const cluster = await deps.clusters.get(test.instanceId);
    ctx.total(test.seconds);
    try {
      const made = { cluster, instanceId: test.instanceId, jobId: ctx.jobId, signal: ctx.signal };
      if (test.makesTopic) await makeTopic(deps, { ...made, name: test.topic, brokers: test.brokers });
      const queues = await runQueues(cluster, test.topic, LOAD_QUEUES_MAX, ctx.signal);
      const brokers = [...new Set(queues.map(({ brokerName }) => brokerName))];
      if (test.group !== undefined) await makeGroup(deps, { ...made, name: test.group, brokers });
      await new Load(ctx, cluster, test, queues).run();
    } finally {
      const { left } = await removeMade(deps, cluster, ctx.jobId);
      if (left.length > 0) ctx.summary({ left });
    }
  },
});
