import { describe, expect, test } from "vitest";
import { str } from "../codec/shape.ts";
import type { RemotingCommand } from "../remoting/command.ts";
import { capturedFrame } from "../remoting/fixtures/frames.ts";
import { FrameDecoder } from "../remoting/frame.ts";
import { brokerRpc } from "./broker.ts";
import { groupRpc } from "./group.ts";
import { messageRpc } from "./message.ts";
import { namesrvRpc } from "./namesrv.ts";
import { offsetRpc } from "./offset.ts";
import { producerRpc } from "./producer.ts";
import { decodeResponse, encodeHeader, jsonBody, properties, type ResponseSpec } from "./rpc.ts";
import { topicRpc } from "./topic.ts";

function answer<T>(row: { code: number; response: ResponseSpec<T> }, version: string, name: string): T {
  const commands: RemotingCommand[] = [];
  new FrameDecoder().push(capturedFrame(version, name), (command) => commands.push(command));
  const [command] = commands;
  if (!command) throw new Error("no command in the frame");
  return decodeResponse(row, command);
}

const orders = (queueId: number): object => ({ topic: "Orders", brokerName: "broker-a", queueId });

describe.each(["5.5.0", "4.9.7"])("what a server of %s answered is decoded by its row", (version) => {
  test("cluster info with bare integer keys", () => {
    const { brokerAddrTable, clusterAddrTable } = answer(namesrvRpc.getBrokerClusterInfo, version, "cluster info");
    expect(brokerAddrTable.get("broker-a")?.brokerAddrs.get(0)).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(clusterAddrTable).toEqual(new Map([["rocketdeck", ["broker-a"]]]));
  });

  test("topic stats with object keys", () => {
    const { offsetTable } = answer(topicRpc.getTopicStatsInfo, version, "topic stats");
    expect(offsetTable).toContainEqual([
      orders(1),
      { minOffset: 0n, maxOffset: 1n, lastUpdateTimestamp: expect.any(Number) as number },
    ]);
    expect(offsetTable).toContainEqual([orders(0), { minOffset: 0n, maxOffset: 0n, lastUpdateTimestamp: 0 }]);
  });

  test("consume stats, with pull offsets since 5.0", () => {
    const { offsetTable } = answer(groupRpc.getConsumeStats, version, "consume stats");
    const wrapper = offsetTable.find(([queue]) => queue.queueId === 1)?.[1];
    expect(wrapper).toMatchObject({
      brokerOffset: 1n,
      consumerOffset: 1n,
      pullOffset: version === "5.5.0" ? 1n : undefined,
    });
  });

  test("topic and group tables, attributes empty where a broker has none", () => {
    const topics = answer(topicRpc.getAllTopicConfig, version, "all topic configs");
    expect(topics.topicConfigTable.get("Orders")).toEqual({
      topicName: "Orders",
      readQueueNums: 2,
      writeQueueNums: 2,
      perm: 6,
      topicFilterType: "SINGLE_TAG",
      topicSysFlag: 0,
      order: false,
      attributes: new Map(),
    });
    expect(topics.totalTopicNum).toBe(version === "5.5.0" ? topics.topicConfigTable.size : undefined);
    const groups = answer(groupRpc.getAllSubscriptionGroupConfig, version, "all group configs");
    expect(groups.subscriptionGroupTable.get("orders-billing")?.config).toMatchObject({
      retryMaxTimes: 16,
      consumeEnable: true,
    });
  });

  test("connections of consumers and producers", () => {
    const consumer = answer(groupRpc.getConsumerConnectionList, version, "consumer connections");
    expect(consumer).toMatchObject({ messageModel: "CLUSTERING", consumeType: "CONSUME_PASSIVELY" });
    expect(consumer.subscriptionTable.get("Orders")).toMatchObject({
      subString: "paid || 退款",
      tagsSet: ["paid", "退款"],
      subVersion: 1n,
    });
    expect(consumer.connectionSet).toMatchObject([{ clientId: "127.0.0.1@capture", language: "OTHER", version: 399 }]);
    const producers = answer(producerRpc.getAllProducerInfo, version, "all producers");
    expect(producers.data.get("orders-producer")).toMatchObject([{ clientId: "127.0.0.1@capture", version: 399 }]);
  });

  test("offsets by topic and group, and in ext fields", () => {
    expect(answer(offsetRpc.getAllConsumerOffset, version, "all offsets").offsetTable).toEqual(
      new Map([["Orders@orders-billing", new Map([[1, 1n]])]]),
    );
    expect(answer(offsetRpc.getMaxOffset, version, "max offset")).toEqual({ offset: 1n });
    expect(answer(offsetRpc.getMaxOffset, version, "max offset, binary")).toEqual({ offset: 1n });
  });

  test("where a message was stored", () => {
    const { code, header } = answer(messageRpc.sendMessageV2, version, "message stored");
    expect([code, header.queueId, header.queueOffset]).toEqual([0, 1, 0n]);
    expect(header.msgId).toMatch(/^7F000001[0-9A-F]{24}$/);
  });
});

test("a header is text, absent fields are left out, unknown ones are not sent", () => {
  const header = { topic: "T", queueId: 3, timestamp: 9223372036854775807n, boundaryType: undefined, stray: "x" };
  expect(encodeHeader(offsetRpc.searchOffsetByTimestamp, header)).toEqual({
    topic: "T",
    queueId: "3",
    timestamp: "9223372036854775807",
  });
});

test("a body that does not fit its row is malformed, with the path", () => {
  const command = {
    code: 0,
    opaque: 1,
    flag: 1,
    version: 0,
    language: "",
    extFields: {},
    body: Buffer.from('{"topicList":[1]}'),
  };
  expect(() => decodeResponse(namesrvRpc.getTopicsByCluster, command)).toThrow(
    expect.objectContaining({
      code: "MALFORMED_RESPONSE",
      message: "body of 224.topicList[0]: expected a string, found number 1",
    }),
  );
  expect(() => decodeResponse({ code: 1, response: str }, { ...command, body: Buffer.alloc(0) })).toThrow(
    expect.objectContaining({ code: "MALFORMED_RESPONSE", message: "body of 1: expected a string, found nothing" }),
  );
});

test("a body that is longer than its row allows is refused before it is read", () => {
  const body = Buffer.from(`{"table":{${'"k":"1",'.repeat(600_000)}"k":"1"}}`);
  const command = { code: 0, opaque: 1, flag: 1, version: 0, language: "", extFields: {}, body };
  expect(() => decodeResponse(brokerRpc.getBrokerRuntimeInfo, command)).toThrow(
    expect.objectContaining({
      code: "MALFORMED_RESPONSE",
      message: `body of 28: ${body.length} bytes are over the limit of 4194304`,
    }),
  );
});

test("properties keep their values verbatim", () => {
  const body = Buffer.from("# comment\na=b=c\r\nempty=\nlist=x;y\n");
  const command = { code: 0, opaque: 1, flag: 1, version: 0, language: "", extFields: {}, body };
  expect([...properties(command)]).toEqual([
    ["a", "b=c"],
    ["empty", ""],
    ["list", "x;y"],
  ]);
});

test("a body is written as JSON with longs as they are", () => {
  expect(jsonBody({ offset: 9007199254740993n }).toString()).toBe('{"offset":9007199254740993}');
});

describe("what would make work without end is refused by its row", () => {
  const body = (value: unknown) => ({
    code: 0,
    opaque: 1,
    flag: 1,
    version: 0,
    language: "",
    extFields: {},
    body: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
  });
  const refusal = (message: string): unknown => expect.objectContaining({ code: "MALFORMED_RESPONSE", message });
  const queues = (brokers: number, each: number) => ({
    brokerDatas: [],
    queueDatas: Array.from({ length: brokers }, (_, n) => ({
      brokerName: `b${n}`,
      readQueueNums: each,
      writeQueueNums: 1,
      perm: 6,
    })),
  });
  const brokers = (names: number, each: number) => ({
    brokerAddrTable: Object.fromEntries(
      Array.from({ length: names }, (_, n) => [
        `b${n}`,
        { brokerName: `b${n}`, brokerAddrs: Object.fromEntries(Array.from({ length: each }, (_, id) => [id, "h:1"])) },
      ]),
    ),
    clusterAddrTable: {},
  });

  test("a route with millions of queues, on one broker or on all together", () => {
    const row = namesrvRpc.getRouteInfoByTopic;
    expect(decodeResponse(row, body(queues(64, 1024))).queueDatas).toHaveLength(64);
    expect(() => decodeResponse(row, body(queues(1, 20_000_000)))).toThrow(
      refusal(
        "body of 105.queueDatas[0].readQueueNums: expected a number of queues up to 65536, found number 20000000",
      ),
    );
    expect(() => decodeResponse(row, body(queues(64, 1025)))).toThrow(
      refusal("body of 105: expected at most 65536 queues, found more"),
    );
  });

  test("a cluster of more brokers than anybody runs", () => {
    const row = namesrvRpc.getBrokerClusterInfo;
    expect(decodeResponse(row, body(brokers(4096, 2))).brokerAddrTable.size).toBe(4096);
    expect(() => decodeResponse(row, body(brokers(4097, 1)))).toThrow(
      refusal("body of 106.brokerAddrTable: expected at most 4096 entries, found 4097"),
    );
    expect(() => decodeResponse(row, body(brokers(4096, 3)))).toThrow(
      refusal("body of 106: expected at most 8192 brokers, found more"),
    );
  });

  test("a configuration of millions of lines", () => {
    expect(() => properties(body("\n".repeat(1_048_577)))).toThrow(
      refusal("a configuration of 1048577 bytes is over the limit of 1048576"),
    );
  });
});
