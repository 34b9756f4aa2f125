import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RocketMQError } from "../errors.ts";
import { unwrapAll } from "./inner-batch.ts";
import { formatIp, parseIp } from "./message-id.ts";
import { decodeMessages, type StoredMessage } from "./stored-message.ts";
import { SysFlag } from "./sys-flag.ts";

interface Fixture {
  name: string;
  base64: string;
  expected: Record<string, unknown>[];
}

const fixtures = JSON.parse(
  readFileSync(new URL("fixtures/stored-messages.json", import.meta.url), "utf8"),
) as Fixture[];

const bytesOf = (name: string) =>
  Buffer.from(fixtures.find((fixture) => fixture.name === name)?.base64 ?? "", "base64");

const ipOf = (host: string) => host.replace(/:\d+$/, "").replace(/[[\]]/g, "");
const canonical = (ip: unknown) => {
  const bytes = parseIp(String(ip));
  return bytes ? formatIp(bytes) : ip;
};

async function view(message: StoredMessage) {
  return {
    topic: message.topic,
    queueId: message.queueId,
    flag: message.flag,
    queueOffset: message.queueOffset.toString(),
    physicalOffset: message.physicalOffset.toString(),
    // the Java decoder clears the bit of a body that it has decompressed
    sysFlag: message.sysFlag & ~SysFlag.COMPRESSED,
    bornTimestamp: message.bornTimestamp,
    storeTimestamp: message.storeTimestamp,
    bornIp: ipOf(message.bornHost),
    storeIp: ipOf(message.storeHost),
    reconsumeTimes: message.reconsumeTimes,
    preparedTransactionOffset: message.preparedTransactionOffset.toString(),
    body: (await message.unpackedBody()).toString("utf8"),
    properties: Object.fromEntries(message.properties),
  };
}

/** The Java decoder leaves these out of the messages of an inner batch, while the record has them. */
const notOfInner = ["reconsumeTimes", "preparedTransactionOffset"];

describe("stored messages that the Java client encoded", () => {
  it.each(fixtures)("are read as the Java client reads them: $name", async ({ base64, expected }) => {
    const { messages, more } = decodeMessages(Buffer.from(base64, "base64"));
    expect(more).toBe(false);
    const views = await Promise.all(
      (await unwrapAll(messages)).map(async (one) => ({ ...(await view(one)), inner: !messages.includes(one) })),
    );
    expect(views).toHaveLength(expected.length);
    views.forEach(({ inner, ...seen }, i) => {
      const { msgId: _, ...java } = expected[i] ?? {};
      const wanted: Record<string, unknown> = {
        ...java,
        bornIp: canonical(java["bornIp"]),
        storeIp: canonical(java["storeIp"]),
      };
      const got: Record<string, unknown> = seen;
      for (const field of inner ? notOfInner : []) {
        delete wanted[field];
        delete got[field];
      }
      expect(got).toEqual(wanted);
    });
  });

  it.each(fixtures)("are refused wherever the bytes are torn, for brokers give whole ones: $name", ({ base64 }) => {
    const bytes = Buffer.from(base64, "base64");
    const ends = [0];
    for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at)) ends.push(at + bytes.readInt32BE(at));
    const wrong = Array.from({ length: bytes.length + 1 }, (_, cut) => cut).filter((cut) => {
      const decode = () => decodeMessages(bytes.subarray(0, cut)).messages.length;
      if (ends.includes(cut)) return decode() !== ends.indexOf(cut);
      try {
        decode();
        return true;
      } catch (error) {
        return !(error instanceof RocketMQError) || error.code !== "MALFORMED_RESPONSE";
      }
    });
    expect(wrong).toEqual([]);
  });

  it("know both their ids", () => {
    const [message] = decodeMessages(bytesOf("with UNIQ_KEY")).messages;
    expect(message?.msgId).toBe(fixtures.find(({ name }) => name === "with UNIQ_KEY")?.expected[0]?.["msgId"]);
    expect(message?.offsetMsgId).toBe("0AFF000100002A9F4000000000000001");
    const [v6] = decodeMessages(bytesOf("store host IPv6")).messages;
    expect(v6?.offsetMsgId).toBe("FE80000000000000000000000000000100002A9F4000000000000001");
    expect(v6?.storeHost).toBe("[fe80::1]:10911");
  });

  it("notice a changed body by its checksum", () => {
    const bytes = bytesOf("plain");
    expect(decodeMessages(bytes).messages[0]?.bodyIntact).toBe(true);
    const at = bytes.indexOf("hello");
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(decodeMessages(bytes).messages[0]?.bodyIntact).toBe(false);
  });

  it("have times that a Date holds, whatever a client or broker wrote", () => {
    const bytes = bytesOf("plain");
    const [message] = decodeMessages(bytes).messages;
    bytes.writeBigInt64BE(2n ** 63n - 1n, 40);
    bytes.writeBigInt64BE(-(2n ** 63n), 56);
    expect([message?.bornTimestamp, message?.storeTimestamp]).toEqual([8.64e15, -8.64e15]);
  });

  it("are no more than were asked for", () => {
    const bytes = Buffer.concat([bytesOf("plain"), bytesOf("plain"), bytesOf("plain")]);
    const { messages, more } = decodeMessages(bytes, "broker-a", 2);
    expect([messages.length, more]).toEqual([2, true]);
    expect(decodeMessages(bytes, "broker-a", 3)).toMatchObject({ more: false });
  });
});

describe("bytes around messages", () => {
  const filler = Buffer.alloc(40);
  filler.writeInt32BE(40, 0);
  filler.writeUInt32BE(0xcbd43194, 4);

  it("skip a filler between messages", () => {
    const { messages, more } = decodeMessages(Buffer.concat([bytesOf("plain"), filler, bytesOf("plain")]));
    expect(messages).toHaveLength(2);
    expect(more).toBe(false);
  });

  it("take a filler that is cut as the end", () => {
    expect(decodeMessages(Buffer.concat([bytesOf("plain"), filler.subarray(0, 8)]))).toMatchObject({
      more: false,
    });
  });

  it("read a topic whose length takes two bytes", () => {
    const v1 = bytesOf("plain");
    const topic = "%RETRY%".padEnd(200, "g");
    const topicAt = v1.indexOf("orders");
    const lengths = Buffer.alloc(2);
    lengths.writeUInt16BE(topic.length);
    const v2 = Buffer.concat([
      v1.subarray(0, topicAt - 1),
      lengths,
      Buffer.from(topic),
      v1.subarray(topicAt + "orders".length),
    ]);
    v2.writeInt32BE(v2.length, 0);
    v2.writeUInt32BE(0xdaa320ab, 4);
    const [message] = decodeMessages(v2).messages;
    expect(message?.topic).toBe(topic);
    expect(message?.storedBody.toString()).toBe("hello 你好");
    expect(message?.tags).toBe("paid");
  });

  it.each([
    ["text", Buffer.from("this is no message at all")],
    ["a size of zero", Buffer.from("00000000daa320a7", "hex")],
    ["a negative size", Buffer.from("ffffffffdaa320a7", "hex")],
  ])("refuse %s", (_, bytes) => {
    expect(() => decodeMessages(bytes)).toThrow(RocketMQError);
  });

  it("never read outside the message, whichever length is wrong", async () => {
    const whole = bytesOf("plain");
    for (let at = 8; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = 0xff;
      try {
        for (const message of decodeMessages(bytes).messages) await view(message);
      } catch (error) {
        expect(error).toMatchObject({ code: "MALFORMED_RESPONSE" });
      }
    }
  });
});
