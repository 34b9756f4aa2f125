import { expect, it } from "vitest";
import { orderFaults } from "./topic.ts";

const ordered = { order: true, queues: 1, brokers: ["broker-a"], messageType: "FIFO" };

it("a strictly ordered topic has one queue on one broker and keeps messages in order", () => {
  expect(orderFaults(ordered)).toEqual({});
  expect(orderFaults({ ...ordered, queues: 4, brokers: ["broker-a", "broker-b"], messageType: "NORMAL" })).toEqual({
    queues: "order.oneQueue",
    brokers: "order.oneBroker",
    messageType: "order.fifo",
  });
});

it("no other topic is asked for that, nor one on brokers that are not chosen yet", () => {
  expect(orderFaults({ order: false, queues: 4, brokers: [], messageType: "NORMAL" })).toEqual({});
  expect(orderFaults({ order: true, queues: 1, messageType: "FIFO" })).toEqual({});
});
