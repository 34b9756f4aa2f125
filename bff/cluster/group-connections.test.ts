import { expect, test } from "vitest";
import type { ConsumerConnection } from "../rocketmq/rpc/group.ts";
import { clientsOf, onlineClients, sharedIds } from "./group-connections.ts";

const at = (name: string, ...clients: [clientId: string, clientAddr: string][]) => ({
  target: { name, addr: `${name}:10911` },
  value: {
    connectionSet: clients.map(([clientId, clientAddr]) => ({ clientId, clientAddr, language: "JAVA", version: 0 })),
    subscriptionTable: new Map(),
    consumeType: undefined,
    messageModel: undefined,
    consumeFromWhere: undefined,
  } satisfies ConsumerConnection,
});

test("a client that is connected to several brokers is one, wherever it comes from", () => {
  const items = [at("a", ["c@1", "10.0.0.1:1000"]), at("b", ["c@1", "10.0.0.1:2000"])];
  expect(sharedIds({ items })).toEqual(new Set());
  expect(clientsOf({ items })).toMatchObject([{ clientId: "c@1", shared: false, seenAt: ["a", "b"] }]);
});

test("two clients under one id are two, at whichever brokers each is", () => {
  const items = [
    at("a", ["c@1", "10.0.0.1:1000"], ["c@1", "10.0.0.2:1000"]),
    at("b", ["c@1", "10.0.0.2:3000"], ["c@1", "10.0.0.1:2000"]),
  ];
  expect(sharedIds({ items })).toEqual(new Set(["c@1"]));
  expect(clientsOf({ items })).toMatchObject([
    { clientId: "c@1", shared: true, address: "10.0.0.1:1000", seenAt: ["a", "b"] },
    { clientId: "c@1", shared: true, address: "10.0.0.2:1000", seenAt: ["a", "b"] },
  ]);
  expect(onlineClients({ items })).toHaveLength(2);
});

test("two clients under one id on one host are two, too", () => {
  const items = [at("a", ["c@1", "10.0.0.1:1000"], ["c@1", "10.0.0.1:1001"])];
  expect(clientsOf({ items })).toMatchObject([{ shared: true }, { shared: true }]);
});
