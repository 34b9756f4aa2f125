import { setTimeout as pause } from "node:timers/promises";
import type { RoundTripTest } from "#contract/dial-run.ts";
import { ROUND_TRIP_QUEUES_MAX } from "#contract/rules/limits.ts";
import type { Deps } from "../../api/deps.ts";
import { problemOf } from "../../base/problem.ts";
import type { JobContext, JobKind } from "../../jobs/job.ts";
import { committedOrNever } from "../../rocketmq/admin/queue-offsets.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, type RocketMQErrorCode } from "../../rocketmq/errors.ts";
import { commitMoves, type Move } from "./commit.ts";
import { Histogram } from "./histogram.ts";
import { makeGroup, makeTopic, removeMade } from "./made.ts";
import { BYTES_IN_FLIGHT, DIAL_GROUP, fillerOf } from "./produce.job.ts";
import { MARK, RoundTripQueue, type Trip } from "./round-trip-queue.ts";
import { runQueues, type RunQueue } from "./spread-queues.ts";

/** A round trip once its names are known, those of what it makes too. */
export type RoundTripRun = RoundTripTest & { topic: string; makesTopic: boolean; topicType: string | null };

const QUEUES_AT_ONCE = 16;
const FIGURES_MS = 250;
/** Rows for messages that came twice. */
const DUPLICATES_TOLD = 100;

/** After these the message may be stored all the same, so it is waited for. */
const MAYBE_STORED: ReadonlySet<RocketMQErrorCode> = new Set([
  "REQUEST_TIMEOUT",
  "CONNECTION_LOST",
  "MALFORMED_RESPONSE",
]);

const rounded = (ms: number) => Math.round(ms * 1000) / 1000;

class RoundTrip {
  readonly #ctx: JobContext;
  readonly #test: RoundTripRun;
  readonly #cluster: RocketMQCluster;
  readonly #producer: Producer;
  readonly #queues: RoundTripQueue[];
  readonly #open = new Set<Trip>();
  readonly #all = new Histogram();
  readonly #sends = new Histogram();
  readonly #started = performance.now();
  #received = 0;
  #sent = 0;
  #lost = 0;
  #duplicates = 0;
  #figuresAt = 0;
  #wake: () => void = () => undefined;

  constructor(ctx: JobContext, cluster: RocketMQCluster, test: RoundTripRun, queues: readonly RunQueue[]) {
    this.#ctx = ctx;
    this.#test = test;
    this.#cluster = cluster;
    this.#producer = new Producer(cluster, { group: DIAL_GROUP });
    const parts = {
      consumer: new PullConsumer(cluster),
      jobId: ctx.jobId,
      group: test.group,
      onMessage: (trip: Trip, message: StoredMessage, again: boolean) =>
        again ? this.#twice(trip, message) : this.#arrived(trip),
    };
    this.#queues = queues.map((queue) => new RoundTripQueue(queue, parts));
  }

  async run(): Promise<void> {
    const { signal } = this.#ctx;
    const reading = Promise.all(this.#queues.map((queue) => queue.read(signal)));
    // A failure to send ends what reads, which is told then.
    reading.catch(() => undefined);
    const room = Math.max(1, Math.floor(BYTES_IN_FLIGHT / (this.#test.sizeKb * 1024)));
    try {
      await this.#ctx.each(this.#queues.entries(), Math.min(QUEUES_AT_ONCE, room), ([lane, queue]) =>
        this.#sendLane(queue, lane),
      );
      await this.#untilCome();
    } finally {
      for (const queue of this.#queues) queue.end();
      await reading;
    }
    for (const queue of this.#queues) this.#giveUp(queue);
    await this.#commit();
    this.#figures();
  }

  /** Every so manieth message goes to the same queue, one after the other. */
  async #sendLane(queue: RoundTripQueue, lane: number): Promise<void> {
    const { count, topic } = this.#test;
    for (let n = lane + 1; n <= count && !this.#ctx.signal.aborted; n += this.#queues.length) {
      await this.#ctx.begin(n, topic);
      await this.#sendOne(queue, n);
    }
  }

  async #sendOne(queue: RoundTripQueue, n: number): Promise<void> {
    const { topic, tag, count, sizeKb, topicType } = this.#test;
    const { brokerName, queueId } = queue.queue;
    const body = fillerOf({ n, count, at: Date.now(), size: sizeKb * 1024 });
    const properties = { [MARK.test]: this.#ctx.jobId, [MARK.n]: String(n) };
    const shardingKey = topicType === "FIFO" ? "rocketdeck" : undefined;
    const message = { topic, tag, body, properties, shardingKey, queue: { brokerName, queueId } };
    const trip = queue.start(n);
    this.#open.add(trip);
    try {
      trip.result = await this.#producer.send(message);
      this.#sent += 1;
      this.#sends.add(performance.now() - trip.sentAt);
    } catch (error) {
      const known = asRocketMQError(error);
      trip.sendError = known;
      if (!MAYBE_STORED.has(known.code)) return this.#sendFailed(trip);
    }
    if (trip.received !== undefined) this.#arrived(trip);
  }

  #sendFailed(trip: Trip): void {
    const problem = problemOf(trip.sendError);
    const detail = problem?.data.remark ?? trip.sendError?.message;
    this.#settle(trip, { state: "failed", code: problem?.code ?? "BROKER_ERROR", detail });
  }

  /** A message may be here before the answer to its send. */
  #arrived(trip: Trip): void {
    const { received, result, sendError } = trip;
    if (received === undefined || (result === undefined && sendError === undefined)) return;
    const { message, at } = received;
    const { msgId, brokerName, queueId } = message;
    const place = { msgId, brokerName, queueId, queueOffset: message.queueOffset.toString() };
    const ms = rounded(at - trip.sentAt);
    this.#received += 1;
    this.#all.add(at - trip.sentAt);
    this.#settle(trip, { state: "ok", code: "RECEIVED", detail: sendError?.code, data: { ...place, ms } });
  }

  #twice({ n }: Trip, { msgId, brokerName, queueId, queueOffset }: StoredMessage): void {
    this.#duplicates += 1;
    if (this.#duplicates > DUPLICATES_TOLD) return;
    const data = { msgId, brokerName, queueId, queueOffset: queueOffset.toString() };
    const row = this.#test.count + this.#duplicates;
    this.#ctx.record(row, msgId, { state: "failed", code: "DUPLICATE", detail: String(n), data });
    this.#ctx.total(row);
  }

  #settle(trip: Trip, result: Parameters<JobContext["settle"]>[1]): void {
    if (!this.#open.delete(trip)) return;
    this.#ctx.settle(trip.n, result);
    if (this.#open.size === 0) this.#wake();
    if (performance.now() - this.#figuresAt > FIGURES_MS) this.#figures();
  }

  async #untilCome(): Promise<void> {
    if (this.#open.size === 0) return;
    const over = new AbortController();
    this.#wake = () => over.abort();
    const signal = AbortSignal.any([over.signal, this.#ctx.signal]);
    await pause(this.#test.timeoutSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }

  /** What has not come by now. */
  #giveUp(queue: RoundTripQueue): void {
    for (const trip of this.#open) {
      const { brokerName, queueId } = queue.queue;
      const result = trip.result;
      if (!queue.has(trip)) continue;
      if (this.#ctx.signal.aborted) {
        this.#settle(trip, { state: "cancelled" });
      } else if (result === undefined) {
        this.#sendFailed(trip);
      } else {
        this.#lost += queue.readError === undefined ? 1 : 0;
        const data = { msgId: result.msgId, brokerName, queueId, queueOffset: result.queueOffset.toString() };
        const code = queue.readError === undefined ? "LOST" : "CONSUME_FAILURE";
        this.#settle(trip, { state: "failed", code, detail: queue.readError?.message, data });
      }
    }
  }

  /** Past what was read, where the group was there already: anywhere else it would skip messages. */
  async #commit(): Promise<void> {
    const { group, topic, commit, receiver } = this.#test;
    if (group === undefined || !(commit || receiver === "made") || this.#ctx.signal.aborted) return;
    const moves: Move[] = [];
    let notCommitted = 0;
    for (const { queue, next, times } of this.#queues) {
      if (times.count === 0) continue;
      const { brokerName, queueId, address, begin } = queue;
      const from = await committedOrNever(this.#cluster, address, { topic, queueId }, group);
      const skipsNothing = receiver === "made" || (from !== null && from >= begin);
      if (!skipsNothing) notCommitted += 1;
      else if (from === null || from < next) moves.push({ brokerName, queueId, addr: address, from, to: next });
    }
    this.#ctx.summary({ committed: await commitMoves(this.#cluster, { group, topic }, moves), notCommitted });
  }

  #figures(): void {
    this.#figuresAt = performance.now();
    const seconds = (this.#figuresAt - this.#started) / 1000;
    this.#ctx.summary({
      messages: this.#received,
      sent: this.#sent,
      lost: this.#lost,
      duplicates: this.#duplicates,
      outOfOrder: this.#queues.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0),
      seconds,
      perSecond: this.#received / seconds,
      ...this.#all.figures(),
      send: this.#sends.figures(),
      queues: this.#queues.map(({ queue: { brokerName, queueId }, times }) => {
        return { brokerName, queueId, messages: times.count, ...times.figures() };
      }),
    });
  }
}

/** Sends messages and receives exactly those: a row for each with its latency from end to end. What it made goes with it. */
export const roundTripTest = (deps: Deps): JobKind<RoundTripRun> => ({
  kind: "dialTest.roundTrip",
  action: "message:send",
  describe: ({ instanceId, despiteConsumers, ...shown }) => shown,
  async run(ctx, test) {
    const cluster = await deps.clusters.get(test.instanceId);
    ctx.total(test.count);
    try {
      const made = { cluster, instanceId: test.instanceId, jobId: ctx.jobId, signal: ctx.signal };
      if (test.makesTopic) await makeTopic(deps, { ...made, name: test.topic, brokers: test.brokers });
      const most = Math.min(ROUND_TRIP_QUEUES_MAX, test.count);
      const queues = await runQueues(cluster, test.topic, most, ctx.signal);
      const brokers = [...new Set(queues.map(({ brokerName }) => brokerName))];
      if (test.receiver === "made" && test.group !== undefined)
        await makeGroup(deps, { ...made, name: test.group, brokers });
      await new RoundTrip(ctx, cluster, test, queues).run();
    } finally {
      const { left } = await removeMade(deps, cluster, ctx.jobId);
      if (left.length > 0) ctx.summary({ left });
    }
  },
});
