import type { ProduceTest } from "#contract/dial-test.ts";
import type { MessageType } from "#contract/rules/topic.ts";
import type { Deps } from "../../api/deps.ts";
import type { JobKind } from "../../jobs/job.ts";
import { problemOf } from "../../base/problem.ts";
import type { OutgoingMessage } from "../../rocketmq/client/outgoing-message.ts";
import { Producer } from "../../rocketmq/client/producer.ts";
import type { SendResult } from "../../rocketmq/client/send-result.ts";
import { sendInTransaction } from "../../rocketmq/client/transaction.ts";
import { latencies } from "./latencies.ts";
import { bodyBytes } from "./produce-plan.ts";

/** A test once it is known what it sends. */
export type TypedTest = ProduceTest & { messageType: MessageType };

/** Producer group of all that dial tests send. */
export const DIAL_GROUP = "ROCKETDECK_DIAL_TEST";
const IN_FLIGHT = 16;
/** Large messages wait for each other, so that a test never holds more than this of bodies at once. */
export const BYTES_IN_FLIGHT = 16 * 1024 * 1024;

interface Filler {
  n: number;
  count: number;
  at: number;
  size: number;
}

/** A body that says what it is, filled up to the wanted size. */
export function fillerOf({ n, count, at, size }: Filler): Buffer {
  const head = JSON.stringify({ from: "RocketDeck dial test", n, of: count, at: new Date(at).toISOString() });
  const padding = `${head.slice(0, -1)},"padding":"`;
  return Buffer.from(`${padding}${".".repeat(Math.max(0, size - Buffer.byteLength(padding) - 2))}"}`);
}

const bodyOf = (test: ProduceTest, n: number, at: number): Buffer =>
  test.body === undefined ? fillerOf({ n, count: test.count, at, size: bodyBytes(test) }) : Buffer.from(test.body);

function messageOf(test: TypedTest, n: number, now: number): OutgoingMessage {
  const { topic, tag, keys, properties, messageType } = test;
  const delayed = messageType === "DELAY";
  return {
    topic,
    body: bodyOf(test, n, now),
    tag,
    keys,
    properties,
    shardingKey: messageType === "FIFO" ? (test.shardingKey ?? "rocketdeck") : undefined,
    delayLevel: delayed ? test.delayLevel : undefined,
    deliverAt: delayed && test.delaySeconds !== undefined ? now + test.delaySeconds * 1000 : undefined,
  };
}

function sendOne(producer: Producer, test: TypedTest, n: number, now: number): Promise<SendResult> {
  const message = messageOf(test, n, now);
  return test.messageType === "TRANSACTION"
    ? sendInTransaction(producer, message, test.outcome)
    : producer.send(message);
}

function settled(result: SendResult, ms: number) {
  const { sendStatus, msgId, offsetMsgId, brokerName, queueId, queueOffset } = result;
  const data = { msgId, offsetMsgId, brokerName, queueId, queueOffset: queueOffset.toString(), ms };
  // Stored, but not as safe as the topic asks for: it counts as sent and keeps its status.
  return { state: "ok" as const, code: sendStatus, data };
}

/** Sends test messages; a row for each with its id, status, place and time. */
export const produceTest = (deps: Deps): JobKind<TypedTest> => ({
  kind: "dialTest.produce",
  action: "message:send",
  describe: ({ instanceId, body, despiteConsumers, ...shown }) => ({ ...shown, ownBody: body !== undefined }),
  async run(ctx, test) {
    const producer = new Producer(await deps.clusters.get(test.instanceId), { group: DIAL_GROUP });
    const started = performance.now();
    const times: number[] = [];
    const ordered = test.messageType === "FIFO";
    const room = Math.max(1, Math.floor(BYTES_IN_FLIGHT / bodyBytes(test)));
    const atOnce = ordered ? 1 : Math.min(IN_FLIGHT, room);
    ctx.total(test.count);
    const figures = () => {
      const seconds = (performance.now() - started) / 1000;
      ctx.summary({
        bytes: times.length * bodyBytes(test),
        seconds,
        perSecond: times.length / seconds,
        ...latencies(times),
      });
    };
    await ctx.each(
      Array.from({ length: test.count }, (_, index) => index + 1),
      atOnce,
      async (n) => {
        await ctx.begin(n, test.topic);
        const at = performance.now();
        try {
          const result = await sendOne(producer, test, n, deps.now());
          const ms = Math.round((performance.now() - at) * 1000) / 1000;
          times.push(ms);
          ctx.settle(n, settled(result, ms));
          if (times.length % 100 === 0) figures();
        } catch (error) {
          const problem = problemOf(error);
          if (problem === undefined) throw error;
          const detail = problem.data.remark ?? (error instanceof Error ? error.message : undefined);
          ctx.settle(n, { state: "failed", code: problem.code, detail });
        }
      },
    );
    figures();
  },
});
