import { expect, test } from "vitest";
import { noBacklog } from "../../cluster/backlog.ts";
import { groupClients } from "../../monitor/sweep-clients.ts";
import { totalBacklog } from "../../monitor/totals.ts";
import { topicBacklog } from "./topic-figures.ts";

const snapshot = <T>(byName: Record<string, T>) => ({
  startedAt: 0,
  at: 0,
  calls: 0,
  byName: new Map(Object.entries(byName)),
  failures: [],
  isWhole: () => true,
});

const behind = (lag: bigint, topics: string[]) => {
  const sums = { ...noBacklog(), lag, offsets: 1 };
  return { ...sums, lag: lag * BigInt(topics.length), tps: 0, topics: new Map(topics.map((topic) => [topic, sums])) };
};

const online = (messageModel: string) =>
  groupClients(
    [
      {
        target: { name: "broker-a", addr: "a:10911" },
        value: {
          connectionSet: [],
          subscriptionTable: new Map(),
          consumeType: "CONSUME_PASSIVELY",
          messageModel,
          consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
        },
      },
    ],
    () => undefined,
  );

test("lags of topics add up to the total: without groups that broadcast, and without RocketMQ's own", () => {
  const groups = {
    ...snapshot({
      billing: behind(5n, ["orders", "refunds"]),
      audit: behind(2n, ["orders"]),
      "price-cache": behind(700n, ["orders"]),
      CID_RMQ_SYS_TRANS: behind(9000n, ["orders"]),
    }),
    known: new Set<string>(),
    disabledAt: new Map(),
    untold: [],
  };
  const swept = { groups, clients: snapshot({ audit: online("CLUSTERING"), "price-cache": online("BROADCASTING") }) };
  expect(topicBacklog(swept, "orders")).toEqual({ lag: 7n, neverConsumed: 0n, whole: true });
  expect(topicBacklog(swept, "refunds")).toMatchObject({ lag: 5n });
  expect(totalBacklog(swept).lag).toBe(12n);

  // Its clients come to share queues now.
  const shared = { groups, clients: snapshot({ "price-cache": online("CLUSTERING") }) };
  expect(topicBacklog(shared, "orders")).toMatchObject({ lag: 707n });
  expect(totalBacklog(shared).lag).toBe(712n);
});
