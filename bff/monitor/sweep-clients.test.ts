import { afterEach, expect, test } from "vitest";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { RocketMQError } from "../rocketmq/errors.ts";
import { scriptedPeer, type ScriptedAnswer } from "../testing/scripted-peer.ts";
import { listed } from "../testing/scripted-server.ts";
import { ClientBook } from "./client-book.ts";
import { Pace } from "./pace.ts";
import { sweepClients } from "./sweep-clients.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A sweep of some groups of a cluster whose only master answers code 203 so. */
async function sweptBy(
  groups: readonly string[],
  answer: (group: string) => ScriptedAnswer,
  untold: readonly FanOutFailure[] = [],
) {
  const peer = await scriptedPeer((code, ext) => {
    if (code === 203) return answer(ext["consumerGroup"] ?? "");
    if (code === 105) return { code: 17, remark: "no route" };
    return code === 106 ? { body: listed({ c: ["a"] }, peer.addr) } : undefined;
  });
  const cluster = new RocketMQCluster({ namesrvAddrs: [peer.addr] });
  ends.push(
    () => cluster.close(),
    () => peer.stop(),
  );
  return sweepClients(cluster, {
    pace: new Pace(Infinity),
    now: Date.now,
    groups,
    isBehind: () => false,
    proxies: [],
    untold,
    book: new ClientBook(Date.now),
  });
}

const notOnline = { code: 206, remark: "not online" };

test("of a group that every server denies it is known that it has no clients, and of one that nobody was asked of it is not", async () => {
  const { isWhole, byName, failures } = await sweptBy(["asked"], () => notOnline);
  expect([[...byName], failures]).toEqual([[], []]);
  expect(["asked", "other"].map(isWhole)).toEqual([true, false]);
});

test("that nobody is online of groups that a master did not tell of is not said", async () => {
  const untold = [{ target: "b", error: new RocketMQError("REQUEST_TIMEOUT", "no answer") }];
  const { byName, failures } = await sweptBy([], () => notOnline, untold);
  expect([byName.size, failures]).toEqual([0, untold]);
});

test("a server that fails leaves open what it was not asked any more, and nothing else", async () => {
  const groups = Array.from({ length: 200 }, (_, n) => `g${n}`);
  const { isWhole, failures } = await sweptBy(groups, (group) =>
    group === "g0" ? notOnline : { code: 1, remark: "refused" },
  );
  expect(failures).toMatchObject([{ target: "a" }]);
  expect(isWhole("g0")).toBe(true);
  expect(["g1", "g199"].map(isWhole)).toEqual([false, false]);
});

test("a server that cannot be reached may have clients of any group", async () => {
  const peer = await scriptedPeer(() => undefined);
  await peer.stop();
  const namesrv = await scriptedPeer((code) => (code === 106 ? { body: listed({ c: ["a"] }, peer.addr) } : undefined));
  const cluster = new RocketMQCluster({ namesrvAddrs: [namesrv.addr] });
  ends.push(
    () => cluster.close(),
    () => namesrv.stop(),
  );
  const { isWhole } = await sweepClients(cluster, {
    pace: new Pace(Infinity),
    now: Date.now,
    groups: ["g"],
    isBehind: () => false,
    proxies: [],
    untold: [],
    book: new ClientBook(Date.now),
  });
  expect(isWhole("g")).toBe(false);
});
