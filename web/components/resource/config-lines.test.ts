import { expect, test } from "vitest";
import { lineByLine } from "./config-lines.ts";

const on = (brokerName: string, values: Record<string, string>) => ({
  brokerName,
  addr: `${brokerName}:10911`,
  values,
});

test("a configuration is told key by key, the keys first on which brokers differ or of which one has nothing", () => {
  const items = [
    on("broker-a", { perm: "6", order: "false", type: "FIFO" }),
    on("broker-b", { perm: "4", order: "false" }),
  ];
  expect(lineByLine({ items, failures: [] })).toEqual({
    brokers: items,
    items: [
      { key: "perm", values: ["6", "4"], differs: true },
      { key: "type", values: ["FIFO", undefined], differs: true },
      { key: "order", values: ["false", "false"], differs: false },
    ],
    failures: [],
  });
});
