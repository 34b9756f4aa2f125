import { expect, test } from "vitest";
import { TailPlaces } from "./tail-places.ts";

async function* endless() {
  for (;;) yield await Promise.resolve("event");
}

const full = expect.objectContaining({ code: "TOO_MANY_TAILS" }) as unknown;

test("a place is held from the first event until the stream ends, and there are sixty in all", async () => {
  const places = new TailPlaces();
  const streams = Array.from({ length: 60 }, (_, n) => places.hold(`person ${n % 10}`, endless()));
  places.assertFree("person 0");
  await Promise.all(streams.map((stream) => stream.next()));
  expect(() => places.assertFree("person 0")).toThrow(full);
  expect(() => places.assertFree("somebody else")).toThrow(full);
  await expect(places.hold("somebody else", endless()).next()).rejects.toEqual(full);
  await streams[0]?.return();
  places.assertFree("somebody else");
  places.assertFree("person 0");
  expect(() => places.assertFree("person 1")).toThrow(full);
  await Promise.all(streams.map((stream) => stream.return()));
  places.assertFree("person 1");
});
