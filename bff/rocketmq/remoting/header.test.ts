import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RemotingCommand } from "./command.ts";
import { capturedFrame } from "./fixtures/frames.ts";
import { FrameDecoder } from "./frame.ts";

function frame(type: number, header: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(4 + header.length, 0);
  head.writeInt32BE(header.length, 4);
  head[4] = type;
  return Buffer.concat([head, header]);
}

/** What comes of a frame after a good one. */
function decoded(bytes: Buffer): RemotingCommand | undefined {
  const commands: RemotingCommand[] = [];
  const decoder = new FrameDecoder();
  for (const chunk of [capturedFrame("5.5.0", "max offset"), bytes])
    decoder.push(chunk, (command) => commands.push(command));
  return commands[1];
}

const json = (header: unknown) => frame(0, Buffer.from(typeof header === "string" ? header : JSON.stringify(header)));
const good = { code: 1, opaque: 5, flag: 1 };
const refused = (why: RegExp): unknown =>
  expect.objectContaining({ code: "MALFORMED_RESPONSE", message: expect.stringMatching(why) as string });

describe("a header in JSON", () => {
  test.each([
    ["a remark that is an object", { ...good, remark: { html: "<b>" } }, /header: expected a string, found an object/],
    ["a code with a fraction", { ...good, code: 1.5 }, /expected an int, found number 1.5/],
    ["a code beyond an int", { ...good, code: 2 ** 40 }, /expected an int/],
    ["no opaque", { code: 1 }, /expected an int, found nothing/],
    ["ext fields that are text", { ...good, extFields: "x" }, /expected an object, found string x/],
    [
      "an ext field that is a list",
      { ...good, extFields: { offset: [1] } },
      /offset: expected a string, found an array/,
    ],
    [
      "more ext fields than any answer has",
      { ...good, extFields: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [`f${n}`, ""])) },
      /at most 256 entries, found 257/,
    ],
    ["a version that is text", { ...good, version: "y" }, /expected an int, found string y/],
    ["null", "null", /expected an object, found null/],
    ["a list", "[1,2]", /expected an object, found an array/],
    [
      "brackets nested without end",
      `{"code":0,"opaque":1,"x":${"[".repeat(3000)}${"]".repeat(3000)}}`,
      /nested deeper than 8/,
    ],
    ["a megabyte and a byte", `{"code":0,"opaque":1}${" ".repeat(1_048_576 - 20)}`, /a header of 1048577 bytes/],
  ])("%s is refused", (_name, header, why) => {
    expect(() => decoded(json(header))).toThrow(refused(why));
  });

  test("a remark of megabytes is cut to what people read", () => {
    expect(decoded(json({ ...good, remark: "R".repeat(1_000_000) }))?.remark).toBe(`${"R".repeat(2047)}…`);
  });

  test("ids of a whole batch fit", () => {
    const msgId = Array.from({ length: 30_000 }, () => "7F00000100002A9F0000000000000000").join(",");
    expect(decoded(json({ ...good, extFields: { msgId } }))?.extFields).toEqual({ msgId });
  });

  test("what is absent or null has its default", () => {
    expect(decoded(json({ code: 0, opaque: 1, remark: null, extFields: null }))).toMatchObject({
      flag: 0,
      version: 0,
      language: "",
      remark: undefined,
      extFields: {},
    });
    expect(decoded(json({ ...good, extFields: { a: "1", b: null } }))?.extFields).toEqual({ a: "1" });
  });
});

describe("a binary header", () => {
  /** code 0, JAVA, version 407, opaque 5, flag 1, then what is given. */
  const head = Buffer.from("00000001970000000500000001", "hex");
  const binary = (...parts: string[]) => frame(1, Buffer.concat([head, Buffer.from(parts.join(""), "hex")]));

  test("as a broker writes it is read", () => {
    // remark "no", ext fields { a: "1" }
    expect(decoded(binary("00000002", "6e6f", "00000008", "000161", "0000000131"))).toMatchObject({
      code: 0,
      opaque: 5,
      version: 407,
      remark: "no",
      extFields: { a: "1" },
    });
  });

  test.each([
    ["a remark of negative length", ["ffffffff", "00000000"]],
    ["a remark longer than the header", ["7fffffff", "00000000"]],
    ["ext fields of negative length", ["00000000", "ffffffff"]],
    ["ext fields longer than the header", ["00000000", "00000009", "000161", "0000000131"]],
    ["a key of negative length, which would be read for ever", ["00000000", "00000006", "fffe", "fffffffc"]],
    ["a value of negative length", ["00000000", "00000007", "000161", "fffffff9"]],
    ["a value longer than the ext fields", ["00000000", "00000008", "000161", "0000000231"]],
    ["nothing after the flag", []],
    ["more ext fields than any answer has", ["00000000", "00000606", "000000000000".repeat(257)]],
  ])("%s is refused", (_name, parts) => {
    expect(() => decoded(binary(...parts))).toThrow(refused(/a header that cannot be read/));
  });
});

test("whatever bytes a header has, it is read or refused at once", () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1), fc.uint8Array({ maxLength: 64 }), (type, bytes) => {
      try {
        decoded(frame(type, Buffer.from(bytes)));
      } catch (error) {
        expect(error).toMatchObject({ code: "MALFORMED_RESPONSE" });
      }
    }),
    { numRuns: 1000 },
  );
});
