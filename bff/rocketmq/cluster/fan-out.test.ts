import { expect, test } from "vitest";
import { RocketMQError } from "../errors.ts";
import { fanOut } from "./fan-out.ts";

const targets = ["a", "b", "c", "d"].map((name) => ({ name, addr: `127.0.0.1:${name.charCodeAt(0)}` }));

test("answers keep the order of the targets, and what failed is named with its error", async () => {
  const result = await fanOut(targets, async ({ name, addr }) => {
    if (name === "b") throw new RocketMQError("CONNECT_REFUSED", "refused", { address: addr });
    return name.toUpperCase();
  });
  expect(result.items.map(({ target, value }) => target.name + value)).toEqual(["aA", "cC", "dD"]);
  expect(result.failures).toEqual([
    { target: "b", error: expect.objectContaining({ code: "CONNECT_REFUSED" }) as unknown },
  ]);
});

test("no more than the given number are asked at the same time", async () => {
  let under = 0;
  let most = 0;
  await fanOut(
    targets,
    async () => {
      most = Math.max(most, ++under);
      await new Promise(setImmediate);
      under--;
    },
    { concurrency: 2 },
  );
  expect(most).toBe(2);
});

test("a bug is not dressed up as a failure of a broker", async () => {
  await expect(fanOut(targets, () => Promise.reject(new TypeError("bug")))).rejects.toThrow(TypeError);
});

test("an abort ends it with the signal's reason", async () => {
  const abort = new AbortController();
  const asked: string[] = [];
  const outcome = fanOut(
    targets,
    async ({ name }) => {
      asked.push(name);
      abort.abort(new Error("cancelled"));
    },
    { concurrency: 1, signal: abort.signal },
  );
  await expect(outcome).rejects.toThrow("cancelled");
  expect(asked).toEqual(["a"]);
});

test("what was not reached by the deadline of all is a failure, and nobody else is asked", async () => {
  const asked: string[] = [];
  const targets = ["a", "b", "c"].map((name) => ({ name, addr: `${name}:1` }));
  const ask = ({ name }: { name: string }) => {
    asked.push(name);
    return name === "a" ? Promise.resolve(name) : new Promise<string>(() => undefined);
  };
  const { items, failures } = await fanOut(targets, ask, { concurrency: 1, deadlineMs: 20 });
  expect(items.map(({ value }) => value)).toEqual(["a"]);
  expect(failures.map(({ target, error }) => [target, error.code, error.address])).toEqual([
    ["b", "NOT_REACHED", "b:1"],
    ["c", "NOT_REACHED", "c:1"],
  ]);
  expect(asked).toEqual(["a", "b"]);
});

test("once many in a row cannot be reached nobody else is asked, and those are told as not reached", async () => {
  const targets = Array.from({ length: 500 }, (_, n) => ({ name: `b${n}`, addr: `h:${n}` }));
  const failing = (code: "REQUEST_TIMEOUT" | "CONNECT_REFUSED") => async (target: { addr: string }) => {
    asked += 1;
    await Promise.resolve();
    throw new RocketMQError(code, "silence", { address: target.addr });
  };
  let asked = 0;
  const silent = await fanOut(targets, failing("REQUEST_TIMEOUT"));
  expect(silent.failures).toHaveLength(500);
  expect(asked).toBeLessThanOrEqual(16 + 8);
  expect(silent.failures.at(-1)?.error).toMatchObject({ code: "NOT_REACHED", address: "h:499" });
  asked = 0;
  await fanOut(targets, failing("CONNECT_REFUSED"));
  expect(asked).toBeLessThanOrEqual(128 + 8);
});

test("whoever is known to be alive is asked however many before it were not", async () => {
  const targets = Array.from({ length: 100 }, (_, n) => ({ name: `b${n}`, addr: `h:${n}` }));
  const alive = new Set(["h:60", "h:99"]);
  const ask = async ({ addr }: { addr: string }) => {
    await Promise.resolve();
    if (!alive.has(addr)) throw new RocketMQError("REQUEST_TIMEOUT", "silence", { address: addr });
    return addr;
  };
  const { items } = await fanOut(targets, ask, { isAlive: (addr) => addr === "h:99" || addr === "h:60" });
  expect(items.map(({ value }) => value)).toEqual(["h:60", "h:99"]);
});

test("a broker that is silent about each of its queues takes none from the others", async () => {
  const queues = Array.from({ length: 200 }, (_, n) => ({ name: n < 100 ? "a" : "b", addr: "h:1" }));
  const { items, failures } = await fanOut(queues, async ({ name, addr }) => {
    await Promise.resolve();
    if (name === "a") throw new RocketMQError("REQUEST_TIMEOUT", "silence", { address: addr });
  });
  expect([items.length, failures.length]).toEqual([100, 100]);
});

test("one that answers between those that do not keeps a fan-out going", async () => {
  const targets = Array.from({ length: 300 }, (_, n) => ({ name: `b${n}`, addr: `h:${n}` }));
  const { items, failures } = await fanOut(
    targets,
    async ({ addr }) => {
      await Promise.resolve();
      if (Number(addr.slice(2)) % 10 !== 0) throw new RocketMQError("REQUEST_TIMEOUT", "silence", { address: addr });
    },
    { concurrency: 1 },
  );
  expect([items.length, failures.filter(({ error }) => error.code === "REQUEST_TIMEOUT").length]).toEqual([30, 270]);
});
