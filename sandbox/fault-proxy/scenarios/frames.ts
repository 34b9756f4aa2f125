import { goodAnswers } from "../good-answers.ts";
import { replyTo, type Scenario, type Script } from "../scripted-broker.ts";
import type { Answer } from "../answer.ts";
import { claimed, frame } from "../wire.ts";

const NAMESRV_CODES = [101, 105, 106, 224];
const MiB = 1024 * 1024;
const LONGEST_FRAME = 64 * MiB;
const LONGEST_HEADER = 0xff_ffff;

/** A good name server in front of a broker that answers everything like this. */
export const behindGoodNamesrv = (addr: string, others: Answer): Script => {
  const good = Object.entries(goodAnswers(addr)).filter(([code]) => NAMESRV_CODES.includes(Number(code)));
  return { answers: Object.fromEntries(good), others };
};

const headerOf = (opaque: number, more: object) => ({ code: 0, opaque, flag: 1, ...more });

/** A header with serialize type ROCKETMQ: binary. Layout: RocketMQSerializable.java. */
function binary(opaque: number, remarkLength: number, extLength: number, ext: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(21);
  header.writeInt32BE(opaque, 5);
  header.writeInt32BE(1, 9);
  header.writeInt32BE(remarkLength, 13);
  header.writeInt32BE(extLength, 17);
  const length = header.length + ext.length;
  return claimed(4 + length, (1 << 24) | length, Buffer.concat([header, ext]));
}

/** One field without a name whose value claims to be so long. */
function binaryField(length: number): Buffer {
  const field = Buffer.alloc(6);
  field.writeInt32BE(length, 2);
  return field;
}

/** Bytes that look random and are the same in every run. */
const noise = (count: number) =>
  Buffer.from(Array.from({ length: count }, (_, n) => (n * 7919 + (n >> 3) * 104_729) & 255));

const everyField = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":"1"`).join(",")}}`;

const answers: Record<string, () => Answer> = {
  "a frame that claims 2 GB": () => () => claimed(0x7fff_ffff, 0),
  "a frame of negative length": () => () => claimed(-1, 1),
  "frames of no length": () => () => Buffer.alloc(64),
  "the longest frame, of which the rest never comes": () => () => claimed(LONGEST_FRAME, 0),
  "a header that ends behind its frame": () => () => claimed(8, LONGEST_HEADER, Buffer.alloc(4)),
  "bytes that are no frames": () => () => noise(5000),
  "a web page": () => () => Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
  "an unknown serialize type": () => () => claimed(8, 0x7f00_0000, Buffer.alloc(4)),
  "a header that is null": () => () => frame("null"),
  "a header that is a list": () => () => frame("[1,2]"),
  "a header that breaks off": () => () => frame('{"code":0,'),
  "a header nested two million deep": () => {
    const deep = `{"code":0,"opaque":1,"x":${"[".repeat(2e6)}${"]".repeat(2e6)}}`;
    return () => frame(deep);
  },
  "a header of 16 MB": () => {
    const filler = "x".repeat(LONGEST_HEADER - 100);
    return ({ opaque }) => frame(headerOf(opaque, { filler }));
  },
  "a million ext fields": () => {
    const fields = everyField(1e6);
    return ({ opaque }) => frame(`{"code":0,"opaque":${opaque},"flag":1,"extFields":${fields}}`);
  },
  "ext fields that are no texts":
    () =>
    ({ opaque }) =>
      frame(headerOf(opaque, { extFields: { offset: {}, nextBeginOffset: [], value: 1 } })),
  "header fields of other types":
    () =>
    ({ opaque }) =>
      frame(headerOf(opaque, { remark: { a: 1 }, extFields: "x", version: "y", language: [] }), "{}"),
  "a response code that is no whole number":
    () =>
    ({ opaque }) =>
      frame(headerOf(opaque, { code: 1.5, remark: ["x"] })),
  "response codes beyond an int":
    () =>
    ({ opaque }) =>
      frame(headerOf(opaque, { code: 1e300, version: -1e300 })),
  "an opaque that is no whole number": () => () => frame(headerOf(0.5, {})),
  "a remark that is an object": () => () => ({ code: 1, remark: { html: "<script>" } }),
  "a remark of 12 MB": () => () => ({ code: 1, remark: "R".repeat(12e6) }),
  "a binary header with a remark of negative length":
    () =>
    ({ opaque }) =>
      binary(opaque, -1_000_000, 0),
  "a binary header with a remark of 2 GB":
    () =>
    ({ opaque }) =>
      binary(opaque, 0x7fff_ffff, 0),
  "a binary header with ext fields of negative length":
    () =>
    ({ opaque }) =>
      binary(opaque, 0, -1_000_000, Buffer.alloc(100)),
  "a binary header with a field of negative length":
    () =>
    ({ opaque }) =>
      binary(opaque, 0, 6, binaryField(-6)),
  "a binary header of a million fields": () => {
    const fields = Buffer.alloc(6e6);
    return ({ opaque }) => binary(opaque, 0, fields.length, fields);
  },
  "answers to nobody": () => (request) => replyTo({ ...request, opaque: request.opaque + 1000 }, {}),
  "success without any content": () => () => ({}),
  "no answer at all": () => () => undefined,
  "one byte every 300 ms": () => (request, socket) => {
    const whole = replyTo(request, {});
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.destroyed || sent >= whole.length) clearInterval(timer);
      else socket.write(whole.subarray(sent, ++sent));
    }, 300);
    return undefined;
  },
  "hanging up at each request": () => (_, socket) => void socket.destroy(),
  "a hundred half frames, one after the other": () => () =>
    Buffer.concat(Array.from({ length: 100 }, () => claimed(MiB, 0, Buffer.alloc(100)))),
};

const alterations: Record<string, Script> = {
  "every answer three times": { altered: (whole) => Buffer.concat([whole, whole, whole]) },
  "half of each answer, kept open": { altered: (whole) => whole.subarray(0, whole.length >> 1) },
  "answers after the deadline": { delayMs: 4000 },
};

/** Each by a name server, and by a broker of a good name server. */
export const frameScenarios: Readonly<Record<string, Scenario>> = {
  ...Object.fromEntries(
    Object.entries(answers).flatMap(([name, make]): [string, Scenario][] => [
      [`${name}, from the name server`, () => ({ others: make() })],
      [`${name}, from the broker`, (addr) => behindGoodNamesrv(addr, make())],
    ]),
  ),
  ...Object.fromEntries(Object.entries(alterations).map(([name, script]): [string, Scenario] => [name, () => script])),
};
