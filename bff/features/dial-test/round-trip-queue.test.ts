import { expect, test } from "vitest";
import type { PullResult } from "../../rocketmq/client/pull-consumer.ts";
import type { StoredMessage } from "../../rocketmq/codec/stored-message.ts";
import { RocketMQError } from "../../rocketmq/errors.ts";
import { MARK, RoundTripQueue } from "./round-trip-queue.ts";

const queue = { topic: "t", brokerName: "a", queueId: 0, address: "a:1", begin: 5n };

const message = (queueOffset: bigint, n: number, test = "job") =>
  ({
    queueOffset,
    properties: new Map([
      [MARK.test, test],
      [MARK.n, String(n)],
    ]),
  }) as unknown as StoredMessage;

const found = (messages: StoredMessage[]): PullResult => ({
  status: "FOUND",
  minOffset: 0n,
  maxOffset: 99n,
  messages,
  nextBeginOffset: (messages.at(-1)?.queueOffset ?? 0n) + 1n,
});
const nothing = (at: bigint): PullResult => ({ ...found([]), status: "NO_NEW", nextBeginOffset: at });

/** Reads what the answers say, one after the other, and then nothing more. */
async function reads(answers: (PullResult | RocketMQError)[], sent: number[]) {
  const came: [n: number, again: boolean][] = [];
  const asked: bigint[] = [];
  const trip = new RoundTripQueue(queue, {
    jobId: "job",
    group: undefined,
    consumer: {
      pull(_, offset) {
        asked.push(offset);
        const answer = answers.shift();
        if (answers.length === 0) trip.end();
        if (answer instanceof RocketMQError) return Promise.reject(answer);
        return Promise.resolve(answer ?? nothing(offset));
      },
    },
    onMessage: ({ n }, _, again) => void came.push([n, again]),
  });
  for (const n of sent) trip.start(n);
  await trip.read(new AbortController().signal);
  return { trip, came, asked };
}

test("a test's own messages are told from those of others, what comes twice and what comes late", async () => {
  const { trip, came, asked } = await reads(
    [found([message(5n, 1), message(6n, 1, "other")]), found([message(7n, 3), message(8n, 2), message(9n, 3)])],
    [1, 2, 3],
  );
  expect(came).toEqual([
    [1, false],
    [3, false],
    [2, false],
    [3, true],
  ]);
  expect([trip.outOfOrder, trip.times.count, trip.next]).toEqual([1, 3, 10n]);
  expect(asked).toEqual([5n, 7n, 10n]);
});

test("a queue that could not be read is asked again, and says why while it cannot", async () => {
  const broken = new RocketMQError("CONNECTION_LOST", "gone");
  const mended = await reads([broken, found([message(5n, 1)])], [1]);
  expect([mended.came, mended.trip.readError]).toEqual([[[1, false]], undefined]);
  const { trip } = await reads([broken, broken], [1]);
  expect(trip.readError?.code).toBe("CONNECTION_LOST");
});
