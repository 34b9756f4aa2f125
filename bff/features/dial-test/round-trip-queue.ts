import { setTimeout as pause } from "node:timers/promises";
import type { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { SendResult } from "../../rocketmq/client/send-result.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { asRocketMQError, type RocketMQError } from "../../rocketmq/errors.ts";
import { Histogram } from "./histogram.ts";
import type { RunQueue } from "./spread-queues.ts";

/** Properties by which a test knows its own messages among those of others. */
export const MARK = { test: "ROCKETDECK_TEST", n: "ROCKETDECK_N" } as const;

const BATCH = 32;
/** Pulls wait at the broker, so that a latency is the broker's own and not that of asking again. */
const SUSPEND_MS = 5000;
const AGAIN_MS = 200;

/** A message on its way. */
export interface Trip {
  n: number;
  /** By the console's own clock (`performance.now()`), as is when it was received. */
  sentAt: number;
  result?: SendResult;
  /** Its answer was lost: it may have been stored. */
  sendError?: RocketMQError;
  received?: { at: number; message: StoredMessage };
}

interface QueueParts {
  consumer: Pick<PullConsumer, "pull">;
  jobId: string;
  group: string | undefined;
  /** A message of this test came: `again` where it had come before. */
  onMessage: (trip: Trip, message: StoredMessage, again: boolean) => void;
}

/** One queue of a round trip: its messages are sent one after the other, so that their order can be told. */
export class RoundTripQueue {
  readonly queue: RunQueue;
  readonly times = new Histogram();
  next: bigint;
  outOfOrder = 0;
  /** Why it could not be read last. */
  readError: RocketMQError | undefined;
  readonly #parts: QueueParts;
  readonly #trips = new Map<number, Trip>();
  readonly #done = new AbortController();
  #last = 0;

  constructor(queue: RunQueue, parts: QueueParts) {
    this.queue = queue;
    this.next = queue.begin;
    this.#parts = parts;
  }

  start(n: number): Trip {
    const trip: Trip = { n, sentAt: performance.now() };
    this.#trips.set(n, trip);
    return trip;
  }

  has(trip: Trip): boolean {
    return this.#trips.get(trip.n) === trip;
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#done.abort();
  }

  /** Reads until `end`, then what is there already, so that what came twice is seen. */
  async read(signal: AbortSignal): Promise<void> {
    const waiting = AbortSignal.any([signal, this.#done.signal]);
    while (!waiting.aborted) {
      try {
        await this.#pull(SUSPEND_MS, waiting);
        this.readError = undefined;
      } catch (error) {
        if (waiting.aborted) break;
        this.readError = asRocketMQError(error);
        await pause(AGAIN_MS, undefined, { signal: waiting }).catch(() => undefined);
      }
    }
    if (signal.aborted || this.readError !== undefined) return;
    try {
      while (await this.#pull(0, signal));
    } catch (error) {
      this.readError = asRocketMQError(error);
    }
  }

  /** Whether there may be more. */
  async #pull(suspendMs: number, signal: AbortSignal): Promise<boolean> {
    const { consumer, group } = this.#parts;
    const pulled = await consumer.pull(this.queue, this.next, { maxNums: BATCH, suspendMs, group, signal });
    const at = performance.now();
    for (const message of pulled.messages) this.#take(message, at);
    const last = pulled.messages.at(-1);
    const before = this.next;
    if (last !== undefined && last.queueOffset >= this.next) this.next = last.queueOffset + 1n;
    if (pulled.status !== "NO_NEW" && pulled.nextBeginOffset > this.next) this.next = pulled.nextBeginOffset;
    return this.next > before;
  }

  #take(message: StoredMessage, at: number): void {
    const { jobId, onMessage } = this.#parts;
    const trip = this.#trips.get(Number(message.properties.get(MARK.n)));
    if (message.properties.get(MARK.test) !== jobId || trip === undefined) return;
    const again = trip.received !== undefined;
    if (!again) {
      if (trip.n < this.#last) this.outOfOrder += 1;
      this.#last = Math.max(this.#last, trip.n);
      trip.received = { at, message };
      this.times.add(at - trip.sentAt);
    }
    onMessage(trip, message, again);
  }
}
