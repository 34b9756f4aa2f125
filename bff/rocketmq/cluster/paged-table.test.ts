import { expect, test } from "vitest";
import { readPaged, type From, type Page } from "./paged-table.ts";

const version = { counter: 1 };
const page = (from: number, to: number, total: number, dataVersion: Page<number>["dataVersion"] = version) => ({
  table: new Map(Array.from({ length: to - from }, (_, n) => [`t${from + n}`, from + n])),
  dataVersion,
  total,
});

/** What a read of such a table comes to, and how often it asked. */
async function read(answer: (from?: From) => Page<number>) {
  let calls = 0;
  const outcome = await readPaged((from) => {
    calls += 1;
    return Promise.resolve(answer(from));
  }).catch((error: unknown) => error);
  return { calls, outcome };
}

const malformed = (message: string): unknown => expect.objectContaining({ code: "MALFORMED_RESPONSE", message });

test("a table is put together from its pages", async () => {
  const { calls, outcome } = await read((from) => page(from?.seq ?? 0, Math.min((from?.seq ?? 0) + 10, 35), 35));
  expect(outcome).toEqual(page(0, 35, 35).table);
  expect(calls).toBe(4);
});

test("a size that a broker made up is refused after one call, without anything made for each page", async () => {
  const { calls, outcome } = await read((from) => page(from?.seq ?? 0, (from?.seq ?? 0) + 1, 500_000));
  expect(outcome).toEqual(malformed("a table in pages: 500000 entries, 1 on a page"));
  expect(calls).toBe(1);
});

test("pages that bring nothing new end the read, and few entries are not taken for the whole", async () => {
  const { calls, outcome } = await read(() => page(0, 10, 10_000));
  expect(outcome).toEqual(malformed("a table in pages: 10 of 10000 entries"));
  expect(calls).toBeLessThanOrEqual(3 * 5 + 1);
});

test("a page that is larger than the first is refused", async () => {
  const { outcome } = await read((from) => (from?.seq === 0 ? page(0, 2, 100) : page(2, 90, 100)));
  expect(outcome).toEqual(malformed("a table in pages: 88 entries from 2 on after pages of 2"));
});

test("more entries than there are in all are read anew", async () => {
  let first = true;
  const { outcome } = await read((from) => {
    if (from?.seq === 0) return page(0, 10, 15);
    const broken = first;
    first = false;
    return page(10, broken ? 20 : 15, 15);
  });
  expect(outcome).toEqual(page(0, 15, 15).table);
});

test("a version of megabytes is not sent back with each page", async () => {
  const { outcome } = await read((from) => page(from?.seq ?? 0, (from?.seq ?? 0) + 10, 100, "v".repeat(2000)));
  expect(outcome).toEqual(malformed("a table in pages: a version of 2002 characters"));
});

test("a table that changes at every page is read whole after three attempts, and no page is asked for in vain", async () => {
  let counter = 0;
  const { calls, outcome } = await read((from) =>
    from === undefined ? page(0, 100, 100) : page(from.seq, from.seq + 10, 100, { counter: counter++ }),
  );
  expect(outcome).toEqual(page(0, 100, 100).table);
  expect(calls).toBeLessThanOrEqual(3 * 5 + 1);
});
