import { expect, test } from "vitest";
import type { BrokerTarget } from "./targets.ts";
import { SeenBrokers } from "./seen-brokers.ts";

const HOUR = 3_600_000;
const target = (brokerName: string, brokerId: number, addr: string): BrokerTarget => ({
  name: brokerId === 0 ? brokerName : `${brokerName}:${brokerId}`,
  brokerName,
  brokerId,
  addr,
  cluster: "C",
  role: brokerId === 0 ? "master" : "slave",
});
const a = target("a", 0, "h:1");
const b = target("b", 0, "h:2");
const names = (seen: SeenBrokers, at: number) => seen.gone(at).map((broker) => broker.target.name);

test("a broker that is not listed any more is gone, for three days", () => {
  const seen = new SeenBrokers();
  seen.list([a, b], 0);
  expect(names(seen, 0)).toEqual([]);
  seen.list([a], HOUR);
  expect(seen.gone(HOUR)).toEqual([{ target: b, listedAt: 0 }]);
  seen.list([a], 71 * HOUR);
  expect(names(seen, 71 * HOUR)).toEqual(["b"]);
  expect(names(seen, 73 * HOUR)).toEqual([]);
});

test("a broker that came back is not gone, be it under another address or another id", () => {
  for (const back of [b, target("b", 0, "elsewhere:2"), target("b", 2, "h:2")]) {
    const seen = new SeenBrokers();
    seen.list([a, b], 0);
    seen.list([a], HOUR);
    seen.list([a, back], 2 * HOUR);
    expect(names(seen, 2 * HOUR)).toEqual([]);
    seen.list([a], 3 * HOUR);
    expect(names(seen, 3 * HOUR)).toEqual([back.name]);
  }
});

test("what an earlier run saw is gone when it is not listed, whichever is told first", () => {
  const before = new SeenBrokers();
  before.remember([{ target: b, listedAt: 0 }]);
  before.list([a], HOUR);
  const after = new SeenBrokers();
  after.list([a], HOUR);
  after.remember([
    { target: a, listedAt: 0 },
    { target: b, listedAt: 0 },
  ]);
  for (const seen of [before, after]) expect(names(seen, HOUR)).toEqual(["b"]);
});
