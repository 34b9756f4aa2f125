import { setTimeout as pause } from "node:timers/promises";
import type { PullConsumer } from "../../rocketmq/client/pull-consumer.ts";
import type { RunQueue } from "./spread-queues.ts";

const BATCH = 32;
const SUSPEND_MS = 1000;
const AGAIN_MS = 250;

interface Reading {
  consumer: PullConsumer;
  group: string;
  /** The broker gives no others, so that those of others are not read. */
  tag: string;
  signal: AbortSignal;
  /** Each message, with how long ago it was sent: both times are the console's own. */
  onMessage: (ms: number) => void;
  onFailure: (error: unknown) => void;
}

/** Reads what a load test sends to a queue until `signal` aborts. */
export async function readLoad(queue: RunQueue, reading: Reading): Promise<void> {
  const { consumer, group, tag: tags, signal, onMessage, onFailure } = reading;
  let next = queue.begin;
  while (!signal.aborted) {
    try {
      const pulled = await consumer.pull(queue, next, { maxNums: BATCH, group, tags, suspendMs: SUSPEND_MS, signal });
      const now = Date.now();
      for (const { bornTimestamp } of pulled.messages) onMessage(Math.max(0, now - bornTimestamp));
      const last = pulled.messages.at(-1);
      if (last !== undefined && last.queueOffset >= next) next = last.queueOffset + 1n;
      if (pulled.status !== "NO_NEW" && pulled.nextBeginOffset > next) next = pulled.nextBeginOffset;
    } catch (error) {
      if (signal.aborted) return;
      onFailure(error);
      await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
