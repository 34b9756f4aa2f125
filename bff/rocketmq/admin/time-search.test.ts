import fc from "fast-check";
import { expect, it } from "vitest";
import { lookAround, type Look } from "./time-search.ts";

interface Queue {
  minOffset: number;
  /** Store times in order; null where an offset has no message. */
  times: readonly (number | null)[];
  /** Most messages that the broker gives at a time, as it does with long ones. */
  most: number;
  /** Offsets without a message are an answer of their own, as where a file was removed. */
  tellsOfHoles: boolean;
}

/** What a broker answers to a pull of four messages. */
function brokerOf({ minOffset, times, most, tellsOfHoles }: Queue) {
  const messages = times.flatMap((storeTimestamp, n) =>
    storeTimestamp === null ? [] : [{ queueOffset: BigInt(minOffset + n), storeTimestamp }],
  );
  const bounds = { minOffset: BigInt(minOffset), maxOffset: BigInt(minOffset + times.length) };
  const asked: bigint[] = [];
  const pull = (from: bigint): Promise<Look> => {
    asked.push(from);
    const inside = from >= bounds.minOffset && from < bounds.maxOffset;
    const rest = inside ? messages.filter(({ queueOffset }) => queueOffset >= from) : [];
    const given = tellsOfHoles && rest[0]?.queueOffset !== from ? [] : rest.slice(0, most);
    const last = given.at(-1)?.queueOffset;
    const next = inside ? (rest[0]?.queueOffset ?? bounds.maxOffset) : bounds.minOffset;
    return Promise.resolve({ ...bounds, messages: given, nextBeginOffset: last === undefined ? next : last + 1n });
  };
  return { messages, bounds, asked, pull };
}

const queues = fc.record({
  minOffset: fc.nat(1000),
  times: fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 })), { maxLength: 300 }),
      fc.constantFrom(0, 1, 5, 9),
    )
    .map(([steps, holes]) => {
      let at = 100;
      return steps.map(([step, hole]) => {
        at += step;
        return hole < holes ? null : at;
      });
    }),
  most: fc.integer({ min: 1, max: 4 }),
  tellsOfHoles: fc.boolean(),
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

it.for([
  { where: "at the end", times: [null, 100, null], named: 3n },
  { where: "in the middle", times: [100, null, null, null, null, null, null, 101], named: 4n },
  { where: "at the start", times: [null, null, null, 100], named: 0n },
])("finds messages that lie below offsets without one $where", async ({ times, named }) => {
  for (const tellsOfHoles of [false, true]) {
    const { messages, pull } = brokerOf({ minOffset: 0, times, most: 1, tellsOfHoles });
    const found = await lookAround(named, 98, pull);
    expect(messages.filter(({ queueOffset }) => queueOffset >= found)).toEqual(messages);
  }
});

it("needs one pull beside the boundary, and few from the far end of a long queue", async () => {
  const long = { minOffset: 0, times: Array.from({ length: 100_000 }, (_, n) => n), most: 4, tellsOfHoles: false };
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
