import { expect, test } from "vitest";
import type { StoredMessage } from "../codec/stored-message.ts";
import { RocketMQError } from "../errors.ts";
import type { PullConsumer } from "./pull-consumer.ts";
import { isBroken, scanQueue } from "./queue-scan.ts";

const queue = { topic: "t", brokerName: "broker-a", queueId: 0 };
const COUNT = 200n;

/** A queue in which the records at some offsets cannot be read, with whatever comes in the same reply. */
function queueWith(broken: ReadonlySet<bigint>, count = COUNT) {
  const pulls: [bigint, number][] = [];
  const pull: PullConsumer["pull"] = (_, offset, options) => {
    const { maxNums = 32 } = options ?? {};
    pulls.push([offset, maxNums]);
    const end = offset + BigInt(maxNums) < count ? offset + BigInt(maxNums) : count;
    const offsets = Array.from({ length: Number(end - offset) }, (__, n) => offset + BigInt(n));
    if (offsets.some((at) => broken.has(at))) return Promise.reject(new RocketMQError("MALFORMED_RESPONSE", "torn"));
    // Nothing but its offset is read of a message here.
    const messages = offsets.map((queueOffset) => ({ queueOffset })) as StoredMessage[];
    const status = messages.length > 0 ? ("FOUND" as const) : ("NO_NEW" as const);
    return Promise.resolve({ status, nextBeginOffset: end, minOffset: 0n, maxOffset: count, messages });
  };
  return { pull, pulls };
}

async function scan(consumer: Pick<PullConsumer, "pull">, start: bigint, end: bigint) {
  const found: string[] = [];
  for await (const one of scanQueue(consumer, queue, { start, end }))
    found.push(`${one.queueOffset}${isBroken(one) ? " broken" : ""}`);
  return found;
}

test("all messages between two offsets come in order, a reply at a time", async () => {
  const { pull, pulls } = queueWith(new Set());
  expect(await scan({ pull }, 10n, 100n)).toEqual(Array.from({ length: 90 }, (_, n) => String(n + 10)));
  expect(pulls).toEqual([
    [10n, 32],
    [42n, 32],
    [74n, 26],
  ]);
});

test("one broken record among 200 is told at its place, and costs none of the others", async () => {
  const { pull } = queueWith(new Set([77n]));
  const found = await scan({ pull }, 0n, COUNT);
  expect(found).toHaveLength(200);
  expect(found.filter((one) => one.endsWith("broken"))).toEqual(["77 broken"]);
});

test("a queue of which nothing can be read is given up, and no endless row of broken records", async () => {
  const { pull } = queueWith(new Set(Array.from({ length: 5000 }, (_, n) => BigInt(n))), 5000n);
  await expect(scan({ pull }, 0n, 5000n)).rejects.toMatchObject({ code: "MALFORMED_RESPONSE" });
});

test("what else a pull throws ends the scan", async () => {
  const pull = () => Promise.reject(new RocketMQError("REQUEST_TIMEOUT", "silent"));
  await expect(scan({ pull }, 0n, COUNT)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
});
