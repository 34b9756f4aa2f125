import { connect } from "node:net";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startCluster } from "../../sandbox/cluster.ts";
import type { Version } from "../../sandbox/jars.ts";
import { encodeFrame, requestHeader } from "../rocketmq/remoting/frame.ts";

/** Asks real brokers and writes down the frames they answer, for the codec tests: `npx tsx bff/testing/capture-fixtures.ts`. */

interface Request {
  name: string;
  code: number;
  to: "namesrv" | "broker";
  ext?: Record<string, string>;
  body?: string;
  /** Asked with a binary header: 4.9 answers with one too. */
  binary?: boolean;
}

const topic = { topic: "Orders", defaultTopic: "TBW102", readQueueNums: "2", writeQueueNums: "2", perm: "6" };
const send = {
  a: "orders-producer",
  b: "Orders",
  c: "TBW102",
  d: "4",
  e: "1",
  f: "0",
  g: "1795000000000",
  h: "0",
  i: "KEYS\u0001o-1\u0002",
};
const heartbeat = {
  clientID: "127.0.0.1@capture",
  producerDataSet: [{ groupName: "orders-producer" }],
  consumerDataSet: [
    {
      groupName: "orders-billing",
      consumeType: "CONSUME_PASSIVELY",
      messageModel: "CLUSTERING",
      consumeFromWhere: "CONSUME_FROM_LAST_OFFSET",
      subscriptionDataSet: [
        { topic: "Orders", subString: "paid || 退款", tagsSet: ["paid", "退款"], codeSet: [3433164], subVersion: 1 },
      ],
    },
  ],
};

const requests: Request[] = [
  { name: "cluster info", code: 106, to: "namesrv" },
  { name: "topic created", code: 17, to: "broker", ext: { ...topic, topicFilterType: "SINGLE_TAG", order: "false" } },
  { name: "group created", code: 200, to: "broker", body: JSON.stringify({ groupName: "orders-billing" }) },
  { name: "message stored", code: 310, to: "broker", ext: send, body: '{"order":1}' },
  { name: "heartbeat", code: 34, to: "broker", body: JSON.stringify(heartbeat) },
  {
    name: "offset committed",
    code: 15,
    to: "broker",
    ext: { consumerGroup: "orders-billing", topic: "Orders", queueId: "1", commitOffset: "1" },
  },
  { name: "unknown topic", code: 105, to: "namesrv", ext: { topic: "nope" } },
  { name: "all topic configs", code: 21, to: "broker" },
  { name: "all group configs", code: 201, to: "broker" },
  { name: "topic stats", code: 202, to: "broker", ext: { topic: "Orders" } },
  { name: "consume stats", code: 208, to: "broker", ext: { consumerGroup: "orders-billing", topic: "Orders" } },
  { name: "consumer connections", code: 203, to: "broker", ext: { consumerGroup: "orders-billing" } },
  { name: "consumer offline", code: 203, to: "broker", ext: { consumerGroup: "nobody" } },
  { name: "all producers", code: 328, to: "broker" },
  { name: "all offsets", code: 43, to: "broker" },
  { name: "max offset", code: 30, to: "broker", ext: { topic: "Orders", queueId: "1" } },
  { name: "unknown request", code: 9999, to: "broker" },
  { name: "max offset, binary", code: 30, to: "broker", ext: { topic: "Orders", queueId: "1" }, binary: true },
  { name: "unknown topic, binary", code: 105, to: "namesrv", ext: { topic: "nope" }, binary: true },
];

function binaryFrame({ code, ext }: Request, opaque: number): Buffer {
  const fields = Object.entries(ext ?? {}).map(([key, value]) => {
    const field = Buffer.alloc(6 + key.length + value.length);
    field.writeInt16BE(key.length, 0);
    field.write(key, 2);
    field.writeInt32BE(value.length, 2 + key.length);
    field.write(value, 6 + key.length);
    return field;
  });
  const extFields = Buffer.concat(fields);
  const head = Buffer.alloc(29);
  const headerLength = 21 + extFields.length;
  head.writeInt32BE(4 + headerLength, 0);
  head.writeUInt32BE(0x01_00_00_00 + headerLength, 4);
  head.writeInt16BE(code, 8);
  head.writeInt8(7, 10);
  head.writeInt16BE(399, 11);
  head.writeInt32BE(opaque, 13);
  head.writeInt32BE(extFields.length, 25);
  return Buffer.concat([head, extFields]);
}

function isAnswer(frame: Buffer, opaque: number): boolean {
  if (frame[4] === 1) return frame.readInt32BE(13) === opaque;
  const header = frame.toString("utf8", 8, 8 + frame.readUIntBE(5, 3));
  return header.includes(`"opaque":${opaque},`) && header.includes('"flag":1');
}

function exchange(addr: string): { ask: (request: Request) => Promise<Buffer>; close: () => void } {
  const colon = addr.lastIndexOf(":");
  const socket = connect({ host: addr.slice(0, colon), port: Number(addr.slice(colon + 1)) });
  socket.setMaxListeners(0);
  let read = Buffer.alloc(0);
  let opaque = 0;
  let answered: (frame: Buffer) => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    read = Buffer.concat([read, chunk]);
    while (read.length >= 4 && read.length >= 4 + read.readInt32BE(0)) {
      const frame = read.subarray(0, 4 + read.readInt32BE(0));
      read = read.subarray(frame.length);
      // Brokers also ask: a consumer that came is told to rebalance.
      if (isAnswer(frame, opaque)) answered(frame);
    }
  });
  const ask = (request: Request): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      answered = resolve;
      socket.once("close", () => reject(new Error(`${addr} closed the connection`)));
      socket.write(request.binary ? binaryFrame(request, ++opaque) : jsonFrame(request, ++opaque));
    });
  return { ask, close: () => socket.destroy() };
}

function jsonFrame({ code, ext, body }: Request, opaque: number): Buffer {
  return encodeFrame(requestHeader(code, opaque, ext), body === undefined ? undefined : Buffer.from(body));
}

async function capture(version: Version): Promise<{ version: Version; name: string; code: number; frame: string }[]> {
  const cluster = await startCluster({ version });
  try {
    const frames = [];
    const broker = exchange(cluster.brokers[0]?.addr ?? "");
    const namesrv = exchange(cluster.namesrvAddrs[0] ?? "");
    for (const request of requests) {
      const frame = await (request.to === "broker" ? broker : namesrv).ask(request);
      frames.push({ version, name: request.name, code: request.code, frame: frame.toString("base64") });
    }
    broker.close();
    namesrv.close();
    return frames;
  } finally {
    await cluster.stop();
  }
}

const captured = [...(await capture("5.5.0")), ...(await capture("4.9.7"))];
const file = fileURLToPath(new URL("../rocketmq/remoting/fixtures/frames.json", import.meta.url));
await writeFile(file, `${JSON.stringify(captured, null, 1)}\n`);
