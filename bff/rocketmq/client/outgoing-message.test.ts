import { describe, expect, it } from "vitest";
import { decodeProperties } from "../codec/properties.ts";
import { encodeBatch } from "./batch.ts";
import { checkMessage, messageProperties, type OutgoingMessage } from "./outgoing-message.ts";
import { javaHash, QueueSelector, queueOfKey, type PublishQueue } from "./publish-queues.ts";

const rules = { maxMessageSize: 1024, compressAbove: 512 };
const message = (change: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  topic: "orders",
  body: Buffer.from("x"),
  ...change,
});
const illegal = expect.objectContaining({ code: "MESSAGE_ILLEGAL" }) as unknown;

describe("a message is refused before it is sent", () => {
  it.each<[string, Partial<OutgoingMessage>]>([
    ["with an empty body", { body: Buffer.alloc(0) }],
    ["with a body over the limit", { body: Buffer.alloc(1025) }],
    ["to a topic that RocketMQ writes itself", { topic: "SCHEDULE_TOPIC_XXXX" }],
    ["to a name that is no topic", { topic: 'a"b' }],
    ["to a topic with too long a name", { topic: "t".repeat(128) }],
    ["with a property that RocketMQ uses", { properties: { UNIQ_KEY: "mine" } }],
    ["with a blank property value", { properties: { city: " " } }],
    ["with a tag that is an expression", { tag: "a || b" }],
    ["with a delay level of zero", { delayLevel: 0 }],
    ["with a delivery time that is no time", { deliverAt: Number.NaN }],
    ["with both kinds of delay", { delayLevel: 1, deliverAt: Date.now() }],
  ])("%s", (_, change) => {
    expect(() => checkMessage(message(change), rules)).toThrow(illegal);
  });

  it.each<[string, Partial<OutgoingMessage>]>([
    ["a separator in a property's value", { properties: { city: "a\u0001b" } }],
    ["a separator in a tag", { tag: "a\u0002b" }],
    ["a separator in a key", { keys: ["a\u0001b"] }],
    ["properties of more than 32 kB", { properties: { long: "x".repeat(33_000) } }],
  ])("with %s", (_, change) => {
    expect(() => messageProperties(message(change))).toThrow(illegal);
  });

  it.each<[string, OutgoingMessage[]]>([
    ["messages of two topics", [message(), message({ topic: "payments" })]],
    ["a delayed message", [message({ delayLevel: 3 })]],
    ["more than the limit in all", [message({ body: Buffer.alloc(600) }), message({ body: Buffer.alloc(600) })]],
    ["messages to a retry topic", [message({ topic: "%RETRY%g" })]],
  ])("in a batch with %s", (_, messages) => {
    const ids = messages.map(String);
    expect(() => encodeBatch(messages, ids, rules)).toThrow(illegal);
  });
});

it("everything that goes with a message is among its properties", () => {
  const properties = decodeProperties(
    messageProperties(
      message({ tag: "paid", keys: ["a", "b"], shardingKey: "s", deliverAt: 1234, properties: { city: "上海" } }),
    ),
  );
  expect(Object.fromEntries(properties)).toEqual({
    WAIT: "true",
    TAGS: "paid",
    KEYS: "a b",
    __SHARDINGKEY: "s",
    TIMER_DELIVER_MS: "1234",
    city: "上海",
  });
});

describe("the choice of a queue", () => {
  const queues: PublishQueue[] = ["a", "b"].flatMap((brokerName) =>
    [0, 1].map((queueId) => ({ brokerName, queueId, address: brokerName })),
  );

  it("meets the Java client's hash", () => {
    expect(["", "order-1", "上海", "polygenelubricants"].map(javaHash)).toEqual([
      0, -1_207_111_310, 647_341, -2_147_483_648,
    ]);
    expect(queueOfKey(queues, "polygenelubricants")).toBe(queues[0]);
  });

  it("takes all in turn", () => {
    const selector = new QueueSelector();
    expect(new Set(queues.map(() => selector.next(queues)))).toEqual(new Set(queues));
  });

  it("leaves out a broker that failed until it works again, but not when there is no other", () => {
    const selector = new QueueSelector();
    selector.failed("a");
    const chosen = () => new Set(Array.from({ length: 8 }, () => selector.next(queues)?.brokerName));
    expect(chosen()).toEqual(new Set(["b"]));
    selector.failed("b");
    expect(chosen()).toEqual(new Set(["a", "b"]));
    selector.worked("a");
    expect(chosen()).toEqual(new Set(["a"]));
  });
});
