import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RemotingCommand } from "./command.ts";
import { capturedFrame, capturedFrames } from "./fixtures/frames.ts";
import { encodeFrame, FrameDecoder, requestHeader } from "./frame.ts";

function decode(chunks: Iterable<Buffer>, maxLength?: number): RemotingCommand[] {
  const commands: RemotingCommand[] = [];
  const decoder = new FrameDecoder(maxLength);
  for (const chunk of chunks) decoder.push(chunk, (command) => commands.push(command));
  return commands;
}

const stream = Buffer.concat(capturedFrames.map(({ frame }) => frame));
const whole = decode([stream]);
const text = (commands: RemotingCommand[]): string =>
  JSON.stringify(commands.map((command) => ({ ...command, body: command.body.toString("utf8") })));
const wholeText = text(whole);

describe("captured frames", () => {
  test("a stream of answers is cut into as many commands as there were requests", () => {
    expect(whole).toHaveLength(capturedFrames.length);
    expect(whole.every(({ flag }) => (flag & 1) === 1)).toBe(true);
  });

  test("the same commands come out byte by byte", () => {
    expect(text(decode([...stream].map((byte) => Buffer.from([byte]))))).toBe(wholeText);
  });

  test("the same commands come out however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, index) => stream.subarray(at[index], end));
        expect(text(decode(chunks))).toBe(wholeText);
      }),
      { numRuns: 50 },
    );
  });

  test("a JSON header of 5.5.0 tells code, remark and the version of the server", () => {
    const [command] = decode([capturedFrame("5.5.0", "unknown topic")]);
    expect(command).toMatchObject({ code: 17, flag: 1, version: 513, language: "JAVA", extFields: {} });
    expect(command?.remark).toMatch(/^No topic route info in name server for the topic: nope\n/);
    expect(command?.body).toHaveLength(0);
  });

  test("a binary header of 4.9.7 tells ext fields", () => {
    const [command] = decode([capturedFrame("4.9.7", "max offset, binary")]);
    expect(command).toMatchObject({ code: 0, flag: 1, version: 407, language: "JAVA", extFields: { offset: "1" } });
    expect(command?.remark).toBeUndefined();
  });

  test("a binary header of 4.9.7 tells its remark", () => {
    const [command] = decode([capturedFrame("4.9.7", "unknown topic, binary")]);
    expect(command).toMatchObject({ code: 17, extFields: {} });
    expect(command?.remark).toMatch(/^No topic route info/);
  });
});

describe("what is no frame", () => {
  test.each([
    ["a web server", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["an SSH server", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["a length of zero", "\0\0\0\0"],
    ["an unknown serialize type", "\0\0\0\u0006\u0009\0\0\u0002{}"],
    ["a header longer than its frame", "\0\0\0\u0006\0\0\0\u0009{}"],
    ["a header that is not JSON", "\0\0\0\u0006\0\0\0\u0002[x"],
    ["a header without a code", "\0\0\0\u0006\0\0\0\u0002{}"],
  ])("%s is not RocketMQ", (_name, text) => {
    expect(() => decode([Buffer.from(text, "latin1")])).toThrow(expect.objectContaining({ code: "NOT_ROCKETMQ" }));
  });

  test("the same after a good frame is a malformed response", () => {
    expect(() => decode([capturedFrame("5.5.0", "max offset"), Buffer.from("HTTP/1.1 400 Bad Request")])).toThrow(
      expect.objectContaining({ code: "MALFORMED_RESPONSE" }),
    );
  });

  test("a frame over the cap is refused before its bytes come", () => {
    const frame = capturedFrame("5.5.0", "all topic configs");
    expect(() => decode([frame.subarray(0, 4)], frame.length - 5)).toThrow(
      expect.objectContaining({ code: "NOT_ROCKETMQ" }),
    );
    expect(decode([frame], frame.length - 4)).toHaveLength(1);
  });
});

test("frames have the layout of RemotingCommand.java", () => {
  const header = requestHeader(310, 7, { b: "退款" });
  const frame = encodeFrame(header, Buffer.from("hello"));
  expect(frame.readInt32BE(0)).toBe(frame.length - 4);
  expect(frame.readInt32BE(4)).toBe(Buffer.byteLength(header));
  const commands = decode([frame, encodeFrame(requestHeader(310, 8))]);
  expect(commands.map(({ code, opaque, extFields, body }) => [code, opaque, extFields, body.toString()])).toEqual([
    [310, 7, { b: "退款" }, "hello"],
    [310, 8, {}, ""],
  ]);
});

test("a header that is too long is refused as soon as it says so, not when its frame is whole", () => {
  const sizes = Buffer.alloc(9);
  sizes.writeUInt32BE(16_000_000, 0);
  sizes.writeUInt32BE(15_000_000, 4);
  const decoder = new FrameDecoder();
  decoder.push(sizes.subarray(0, 6), () => undefined);
  expect(() => decoder.push(sizes.subarray(6), () => undefined)).toThrow(
    expect.objectContaining({ code: "NOT_ROCKETMQ" }),
  );
});
