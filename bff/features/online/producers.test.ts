import { expect, test } from "vitest";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { ProducerInfo } from "../../rocketmq/rpc/producer.ts";
import { producerClients, producerRows } from "./producers.ts";

const broker = (brokerName: string): BrokerTarget => ({
  name: brokerName,
  brokerName,
  addr: `${brokerName}:10911`,
  cluster: "c",
  brokerId: 0,
  role: "master",
});
const info = (clientId: string, remoteIP: string, lastUpdateTimestamp = 7): ProducerInfo => ({
  clientId,
  remoteIP,
  language: "JAVA",
  version: 453,
  lastUpdateTimestamp,
});

test("a client is one row, however many brokers it is connected to", () => {
  const clients = producerClients([
    { target: broker("b"), value: [info("10.0.0.1@worker", "/10.0.0.1:2000")] },
    { target: broker("a"), value: [info("10.0.0.1@worker", "/10.0.0.1:1000", 0)] },
  ]);
  expect(clients).toMatchObject([
    {
      clientId: "10.0.0.1@worker",
      instanceName: "worker",
      shared: false,
      connections: [
        { brokerName: "a", address: "10.0.0.1:1000", heardAt: null },
        { brokerName: "b", address: "10.0.0.1:2000", heardAt: 7 },
      ],
    },
  ]);
});

test("two clients of one id are two rows, told apart by the hosts that they come from", () => {
  const [one, other] = ["/10.0.0.1:1000", "/10.0.0.2:1000"];
  const clients = producerClients([
    { target: broker("a"), value: [info("same@id", one), info("same@id", other)] },
    { target: broker("b"), value: [info("same@id", "/10.0.0.2:3000")] },
  ]);
  expect(clients.map(({ shared, connections }) => [shared, connections.map(({ address }) => address)])).toEqual([
    [true, ["10.0.0.1:1000"]],
    [true, ["10.0.0.2:1000", "10.0.0.2:3000"]],
  ]);
});

test("a group is a row for each topic that it was seen to send to, and one without where none was", () => {
  const items = [
    { target: broker("a"), value: [info("x@1", "/10.0.0.1:1")] },
    { target: broker("b"), value: [info("x@1", "/10.0.0.1:2")] },
  ];
  const byGroup = new Map([
    [
      "PG",
      new Map([
        ["orders", { lastSentAt: 5, certain: true }],
        ["mails", { lastSentAt: 3, certain: false }],
      ]),
    ],
  ]);
  expect(producerRows("PG", items, { byGroup })).toMatchObject([
    { group: "PG", topic: "mails", clients: 1, brokers: ["a", "b"], certain: false, lastSentAt: 3 },
    { group: "PG", topic: "orders", clients: 1, certain: true, lastSentAt: 5 },
  ]);
  expect(producerRows("other", items, { byGroup })).toMatchObject([{ topic: null, lastSentAt: null }]);
});
