import fc from "fast-check";
import { expect, it } from "vitest";
import { lookAround, type Look } from "./time-search.ts";

interface Queue {
  minOffset: number;
  /** Store times in order; null where an offset has no message. */
  times: readonly (number | null)[];
  /** Most messages that the broker gives at a time, as it does with long ones. */
  most: number;
}

/** What a broker answers to a pull of four messages. */
function brokerOf({ minOffset, times, most }: Queue) {
  const messages = times.flatMap((storeTimestamp, n) =>
    storeTimestamp === null ? [] : [{ queueOffset: BigInt(minOffset + n), storeTimestamp }],
  );
  const bounds = { minOffset: BigInt(minOffset), maxOffset: BigInt(minOffset + times.length) };
  const asked: bigint[] = [];
  const pull = (from: bigint): Promise<Look> => {
    asked.push(from);
    const inside = from >= bounds.minOffset && from < bounds.maxOffset;
    const given = inside ? messages.filter(({ queueOffset }) => queueOffset >= from).slice(0, most) : [];
    const last = given.at(-1)?.queueOffset;
    const nextBeginOffset = last === undefined ? (inside ? bounds.maxOffset : bounds.minOffset) : last + 1n;
    return Promise.resolve({ ...bounds, messages: given, nextBeginOffset });
  };
  return { messages, bounds, asked, pull };
}

const queues = fc.record({
  minOffset: fc.nat(1000),
  times: fc
    .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 })), { maxLength: 300 })
    .map((steps) => {
      let at = 100;
      return steps.map(([step, hole]) => {
        at += step;
        return hole === 0 ? null : at;
      });
    }),
  most: fc.integer({ min: 1, max: 4 }),
});

it("finds the first message at a time or later, whichever offset the broker named", async () => {
  await fc.assert(
    fc.asyncProperty(queues, fc.nat(1500), fc.integer({ min: 98, max: 1010 }), async (queue, named, timestamp) => {
      const { messages, bounds, pull } = brokerOf(queue);
      const found = await lookAround(BigInt(named), timestamp, pull);
      const isFrom = (offset: bigint) => messages.filter(({ queueOffset }) => queueOffset >= offset);
      expect(isFrom(found)).toEqual(messages.filter(({ storeTimestamp }) => storeTimestamp >= timestamp));
      expect(found >= bounds.minOffset && found <= bounds.maxOffset).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it("needs one pull beside the boundary, and few from the far end of a long queue", async () => {
  const long = { minOffset: 0, times: Array.from({ length: 100_000 }, (_, n) => n), most: 4 };
  for (const named of [70_000n, 69_999n, 70_001n]) {
    const { asked, pull } = brokerOf(long);
    expect(await lookAround(named, 70_000, pull)).toBe(70_000n);
    expect(asked.length).toBeLessThanOrEqual(2);
  }
  for (const named of [0n, 99_999n]) {
    const { asked, pull } = brokerOf(long);
    expect(await lookAround(named, 70_000, pull)).toBe(70_000n);
    expect(asked.length).toBeLessThanOrEqual(32);
  }
});

it("gives up on a broker whose messages are always earlier than those it gave before", async () => {
  let looks = 0;
  const pull = (from: bigint): Promise<Look> => {
    looks++;
    const messages = [from, 0n].map((queueOffset) => ({ queueOffset, storeTimestamp: 1 }));
    return Promise.resolve({ minOffset: 0n, maxOffset: 1000n, nextBeginOffset: from + 1n, messages });
  };
  await expect(lookAround(500n, 100, pull)).rejects.toMatchObject({ code: "MALFORMED_RESPONSE" });
  expect(looks).toBeLessThanOrEqual(256);
});
