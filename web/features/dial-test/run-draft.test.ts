import { expect, test } from "vitest";
import { dialTestsSearch } from "./dial-test-search.ts";
import {
  loadDraftOf,
  loadFaults,
  loadInputOf,
  loadSearchOf,
  roundTripDraftOf,
  roundTripFaults,
  roundTripInputOf,
  roundTripSearchOf,
} from "./run-draft.ts";
import { searchOfJob } from "./run-again.ts";

const roundTrip = (changes: object = {}) => ({ ...roundTripDraftOf({}), ...changes });
const load = (changes: object = {}) => ({ ...loadDraftOf({}), ...changes });

test("forms with their usual values leave the URL empty, and are the same when read back from it", () => {
  const set = (search: object) => Object.values(search).filter((value) => value !== undefined);
  expect(set(roundTripSearchOf(roundTrip()))).toEqual([]);
  expect(set(loadSearchOf(load()))).toEqual([]);
  const trips = [
    roundTrip({ place: "given", topic: "orders", receiver: "group", group: "g", commit: true, count: 5 }),
    roundTrip({ place: "given", topic: "" }),
    roundTrip({ brokers: ["a", "b"], receiver: "made", sizeKb: 4, tag: "t", timeoutSeconds: 5 }),
  ];
  for (const draft of trips) expect(roundTripDraftOf(dialTestsSearch(roundTripSearchOf(draft)))).toEqual(draft);
  const loads = [load({ by: "threads", threads: 3, consume: false }), load({ rate: 7, seconds: 5 })];
  for (const draft of loads) expect(loadDraftOf(dialTestsSearch(loadSearchOf(draft)))).toEqual(draft);
});

test("only what belongs to the chosen way is asked for", () => {
  const made = roundTrip({ topic: "orders", place: "made", group: "g", despiteConsumers: true });
  expect(roundTripInputOf("i", made)).toMatchObject({ topic: undefined, group: undefined, despiteConsumers: false });
  expect(loadInputOf("i", load({ by: "threads" }))).toMatchObject({ rate: undefined, threads: 8, consume: true });
});

test("faults name their field", () => {
  expect([roundTripFaults(roundTrip()), loadFaults(load())]).toEqual([{}, {}]);
  expect(roundTripFaults(roundTrip({ place: "given", receiver: "group", count: null, sizeKb: 0 }))).toEqual({
    topic: "required",
    group: "required",
    count: "count.range",
    sizeKb: "size.range",
  });
  expect(loadFaults(load({ rate: 0, threads: 0, seconds: null }))).toEqual({
    rate: "rate.range",
    seconds: "seconds.range",
  });
});

test("a run fills the form in again, and what it made is made anew", () => {
  const params = { topic: "rocketdeck-dial-1", makesTopic: true, count: 20, sizeKb: 2, receiver: "made", group: "x" };
  const again = roundTripDraftOf(searchOfJob({ id: "j", kind: "dialTest.roundTrip", params }));
  expect(again).toMatchObject({ place: "made", topic: "", count: 20, sizeKb: 2, receiver: "made", group: "" });
  const loaded = { topic: "orders", makesTopic: false, threads: 4, seconds: 5, consume: false };
  expect(loadDraftOf(searchOfJob({ id: "j", kind: "dialTest.load", params: loaded }))).toMatchObject({
    place: "given",
    topic: "orders",
    by: "threads",
    threads: 4,
    seconds: 5,
    consume: false,
  });
});
