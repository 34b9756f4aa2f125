import { expect, test } from "vitest";
import { LargeReplies } from "./large-replies.ts";

const STEPS = 3;

/** A reply that tells of itself when it is read. */
function* reply(name: string, read: string[]): Generator<void, string> {
  for (let n = 0; n < STEPS; n++) yield;
  read.push(name);
  return name;
}

test("a cluster of 500 addresses that all send large replies holds up another by one of them", async () => {
  const [hostile, other] = [new LargeReplies(), new LargeReplies()];
  const read: string[] = [];
  const hostiles = Array.from({ length: 500 }, (_, n) => hostile.read(reply("hostile", read), { addr: `h${n}:10911` }));
  await other.read(reply("other", read), { addr: "o:10911" });
  expect(read.indexOf("other")).toBeLessThanOrEqual(1);
  await Promise.all(hostiles);
});

test("a broker that sends many holds up the others of its cluster by one", async () => {
  const replies = new LargeReplies();
  const read: string[] = [];
  const many = Array.from({ length: 50 }, () => replies.read(reply("many", read), { addr: "a:10911" }));
  await replies.read(reply("one", read), { addr: "b:10911" });
  expect(read.indexOf("one")).toBeLessThanOrEqual(1);
  await Promise.all(many);
});

test("whoever leaves is let go at once, and their place is free", async () => {
  const replies = new LargeReplies();
  const read: string[] = [];
  const arrived = new AbortController();
  const long = function* (): Generator<void, string> {
    while (!arrived.signal.aborted) yield;
    return yield* reply("ahead", read);
  };
  const ahead = replies.read(long(), { addr: "a:10911" });
  const leaving = new AbortController();
  const left = replies.read(reply("left", read), { addr: "a:10911", signal: leaving.signal });
  leaving.abort(new Error("left"));
  await expect(left).rejects.toThrow("left");
  expect(read).toEqual([]);
  arrived.abort();
  await expect(Promise.all([ahead, replies.read(reply("next", read), { addr: "a:10911" })])).resolves.toEqual([
    "ahead",
    "next",
  ]);
  expect(read).toEqual(["ahead", "next"]);
});

test("one that cannot be read frees its place", async () => {
  const replies = new LargeReplies();
  const broken = function* (): Generator<void, string> {
    yield;
    throw new Error("broken");
  };
  await expect(replies.read(broken(), { addr: "a:10911" })).rejects.toThrow("broken");
  await expect(replies.read(reply("next", []), { addr: "a:10911" })).resolves.toBe("next");
});
