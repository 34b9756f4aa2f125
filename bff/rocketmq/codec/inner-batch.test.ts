import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { RocketMQError } from "../errors.ts";
import { unwrapAll } from "./inner-batch.ts";
import { decodeMessages } from "./stored-message.ts";
import { SysFlag } from "./sys-flag.ts";

const BATCH = SysFlag.COMPRESSED | SysFlag.INNER_BATCH | SysFlag.NEED_UNWRAP;

/** A record as brokers store it, all zeros but what is given. */
function stored(body: Buffer, sysFlag: number): Buffer {
  const bytes = Buffer.alloc(91 + body.length);
  bytes.writeInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(0xdaa320a7, 4);
  bytes.writeInt32BE(sysFlag, 36);
  bytes.writeInt32BE(body.length, 84);
  body.copy(bytes, 88);
  return bytes;
}

/** Records of a batch without body or properties. */
function emptyRecords(count: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeInt32BE(22, 0);
  return Buffer.alloc(22 * count, record);
}

const batch = (records: Buffer) => stored(deflateSync(records, { level: 1 }), BATCH);
const unwrap = (...messages: Buffer[]) => unwrapAll(decodeMessages(Buffer.concat(messages)).messages);
const refusal = (message: string): unknown => expect.objectContaining({ code: "MALFORMED_RESPONSE", message });

describe("inner batches", () => {
  test("their messages stand where the batch was, with offsets that count on", async () => {
    const messages = await unwrap(stored(Buffer.from("a"), 0), batch(emptyRecords(3)), stored(Buffer.from("b"), 0));
    expect(messages.map(({ queueOffset }) => queueOffset)).toEqual([0n, 0n, 1n, 2n, 0n]);
  });

  test("records without end in a body of a few kilobytes are refused", async () => {
    const bomb = batch(emptyRecords(65_537));
    expect(bomb.length).toBeLessThan(20_000);
    await expect(unwrap(bomb)).rejects.toEqual(refusal("inner batch: more than 65536 messages in one answer"));
  });

  test("so are those of many batches together", async () => {
    const half = batch(emptyRecords(32_768));
    expect(await unwrap(half, half)).toHaveLength(65_536);
    await expect(unwrap(half, half, batch(emptyRecords(1)))).rejects.toThrow(RocketMQError);
  });

  test("what batches of one answer unpack to is bounded as a whole", async () => {
    const record = Buffer.alloc(9 * 1024 * 1024);
    record.writeInt32BE(record.length, 0);
    record.writeInt32BE(record.length - 22, 16);
    const large = batch(record);
    expect(await unwrap(...Array.from({ length: 7 }, () => large))).toHaveLength(7);
    await expect(unwrap(...Array.from({ length: 8 }, () => large))).rejects.toEqual(
      refusal("inner batch: more than 67108864 bytes in one answer"),
    );
  });

  test("a record that lies about its length is refused", async () => {
    const record = emptyRecords(1);
    record.writeInt32BE(-1, 16);
    await expect(unwrap(batch(record))).rejects.toEqual(refusal("inner batch: a broken record"));
  });
});
