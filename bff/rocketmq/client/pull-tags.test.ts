import { afterEach, expect, test, vi } from "vitest";
import { storedMessage } from "../../../sandbox/fault-proxy/stored-message.ts";
import { RocketMQCluster } from "../cluster/cluster.ts";
import { encodeProperties } from "../codec/properties.ts";
import { pullFrom } from "./pull-consumer.ts";

const cluster = new RocketMQCluster({ namesrvAddrs: ["127.0.0.1:1"] });
const TAGS = ["open", "paid"];

afterEach(() => vi.restoreAllMocks());

/** What a broker that gives both messages is asked for, and what is kept of them. */
async function pulled(tags: string | undefined) {
  const body = Buffer.concat(
    TAGS.map((tag, n) =>
      storedMessage({ topic: "t", queueOffset: BigInt(n), properties: encodeProperties([["TAGS", tag]]) }),
    ),
  );
  const header = { nextBeginOffset: 2n, minOffset: 0n, maxOffset: 2n, suggestWhichBrokerId: 0n };
  const call = vi.spyOn(cluster, "call").mockResolvedValue({ code: 0, header, body, remark: undefined });
  const { messages } = await pullFrom(cluster, "a:1", { topic: "t", brokerName: "a", queueId: 0 }, 0n, { tags });
  return { asked: call.mock.calls[0]?.[2], kept: messages.map((message) => message.tags) };
}

test.each([
  [undefined, "*", TAGS],
  ["*", "*", TAGS],
  ["paid || other", "paid || other", ["paid"]],
  // To brokers, and to clients of them, it is a tag among others.
  ["paid || *", "paid || *", ["paid"]],
  ["||", "||", TAGS],
])("a pull with the tags %s asks for %s and keeps %j", async (tags, subscription, kept) => {
  expect(await pulled(tags)).toMatchObject({ asked: { subscription }, kept });
});
