import { expect, test } from "vitest";
import type { Connections } from "../../../cluster/group-connections.ts";
import { targetsOf } from "./push-targets.ts";

type Server = Connections["items"][number];
type Connected = Server["value"]["connectionSet"][number];

const JAVA = { language: "JAVA", version: 513 };

const server = (name: string, clients: Partial<Connected>[], consumeType = "CONSUME_PASSIVELY"): Server => ({
  target: { name, addr: `${name}:10911` },
  value: {
    connectionSet: clients.map((client) => ({ clientId: "c", clientAddr: "10.0.0.1:5", ...JAVA, ...client })),
    subscriptionTable: new Map(),
    consumeType,
    messageModel: "CLUSTERING",
    consumeFromWhere: undefined,
  },
});

const hindrances = (...items: Server[]) =>
  targetsOf({ items, failures: [] }, "g", { brokerName: "a" }).map(({ clientId, hindrance }) => [clientId, hindrance]);

test("a client can be asked where the broker that has the message is connected to it", () => {
  expect(hindrances(server("a", [{ clientId: "x" }]), server("b", [{ clientId: "y" }]))).toEqual([
    ["x", null],
    ["y", "notConnected"],
  ]);
});

test("one that pulls has no listener", () => {
  expect(hindrances(server("a", [{}], "CONSUME_ACTIVELY"))).toEqual([["c", "pulls"]]);
  expect(hindrances(server("a", [{}], "CONSUME_POP"))).toEqual([["c", null]]);
});

test("brokers refuse to ask clients before 3.1.8", () => {
  expect(hindrances(server("a", [{ version: 61 }]))).toEqual([["c", "tooOld"]]);
  expect(hindrances(server("a", [{ version: 62 }]))).toEqual([["c", null]]);
});
