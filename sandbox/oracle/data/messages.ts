import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import type { MessageQueue } from "../calls.ts";
import type { Oracle } from "../oracle.ts";
import type { MasterAddr } from "../scene.ts";
import type { Clients, NewMessage, Producer } from "./clients.ts";
import { has5x, type Version } from "../../jars.ts";
import { FAILING } from "./groups.ts";
import { TOPICS } from "./topics.ts";

const text = (n: number) => `{"order":${n},"city":"上海","note":"${"x".repeat(n)}"}`;

/** Where messages go is chosen here, so that every run makes the same. */
class Queues {
  private readonly masters: readonly MasterAddr[];
  private sent = 0;
  constructor(masters: readonly MasterAddr[]) {
    this.masters = masters;
  }
  at(topic: string, broker: number, queueId: number): MessageQueue {
    return { topic, brokerName: this.masters[broker]?.brokerName ?? "", queueId };
  }
  /** One after the other over both brokers and two queues of each. */
  next(topic: string): MessageQueue {
    const n = this.sent++;
    return this.at(topic, n % this.masters.length, Math.floor(n / this.masters.length) % 2);
  }
}

async function plain(producer: Producer, queues: Queues): Promise<void> {
  for (let n = 0; n < 12; n += 1) {
    const topic = "t-normal";
    await producer.send(
      { topic, body: text(n), tags: n % 2 === 0 ? "EVEN" : "ODD", keys: `K${n}` },
      queues.next(topic),
    );
  }
  for (const topic of ["NS1%t-ns", "t|pipe", "t-one-broker", "foo_REPLY_TOPIC", "RMQ_SYS_MINE", "t-order-conf"]) {
    for (let n = 0; n < 3; n += 1)
      await producer.send({ topic, body: text(n), keys: `${topic}-${n}` }, queues.at(topic, 0, 0));
  }
  // To one queue as fast as it goes, so that several are stored in one millisecond.
  const burst = Array.from({ length: 24 }, (_, n) =>
    producer.send({ topic: "t-burst", body: `${n}`, keys: "BURST" }, queues.at("t-burst", 0, 0)),
  );
  await Promise.all(burst);
  for (const topic of ["t-readonly", "t-behind", "t-broadcast", "t-ghost"] as const) {
    for (let n = 0; n < 6; n += 1) await producer.send({ topic, body: text(n) }, queues.next(topic));
  }
  for (const topic of ["t-orderly", "t-pop"] as const) {
    for (let n = 0; n < 6; n += 1) await producer.send({ topic, body: text(n), keys: `${n}` }, queues.next(topic));
  }
  for (let n = 0; n < FAILING; n += 1) {
    await producer.send({ topic: "t-retry", body: "fails", tags: "FAIL", keys: `F${n}` }, queues.next("t-retry"));
    await producer.send({ topic: "t-retry", body: "succeeds", tags: "OK", keys: `S${n}` }, queues.next("t-retry"));
    await producer.send({ topic: "t-held", body: "held", tags: "HOLD", keys: `H${n}` }, queues.next("t-held"));
  }
  for (let queueId = 0; queueId < TOPICS["t-shrunk"].queues; queueId += 1) {
    await producer.send({ topic: "t-shrunk", body: text(queueId), keys: "S" }, queues.at("t-shrunk", 0, queueId));
  }
}

async function keys(producer: Producer, queues: Queues): Promise<void> {
  const topic = "t-keys";
  // Aa and BB have one hash in Java, and so have all words made of them.
  for (const words of [
    "one two three",
    "Aa",
    "BB",
    "AaAa",
    "BBBB",
    "AaBB",
    "键",
    "a/b?c=d&e#f%20",
    "  spaced   out ",
  ]) {
    await producer.send({ topic, body: words, keys: words, tags: "KEYS" }, queues.next(topic));
  }
  for (let n = 0; n < 70; n += 1) await producer.send({ topic, body: `${n}`, keys: "SEVENTY" }, queues.at(topic, 0, 1));
}

async function encodings(producer: Producer, queues: Queues): Promise<void> {
  const topic = "t-encodings";
  const bodies: NewMessage[] = [
    { topic, body: "plain" },
    { topic, body: "中文 – emoji 😀" },
    { topic, body: iconv.encode("这是国标编码的正文", "gbk") },
    { topic, body: Buffer.from([0, 1, 2, 255, 254]) },
    { topic, body: gzipSync("packed by the application") },
    { topic, body: "flag", flag: -7 },
    { topic, body: "properties", properties: { "": "", empty: "", 中: "文", long: "v".repeat(4096), UP: "a=b" } },
    { topic, body: Buffer.alloc(3 * 1024 * 1024, "3 MB ") },
  ];
  for (const message of bodies) await producer.send({ tags: "E", keys: "ENC", ...message }, queues.next(topic));
}

/** Bodies that the client packs; every version takes the kind from a property of its JVM when a producer is made. */
async function zipped(oracle: Oracle, clients: Clients, queues: Queues): Promise<void> {
  const topic = "t-zipped";
  for (const type of ["LZ4", "ZSTD", "ZLIB"]) {
    await oracle.call("java.lang.System", "setProperty", ["rocketmq.message.compressType", type]);
    const producer = await clients.producer(`p-${type}`, { compressMsgBodyOverHowmuch: 64 });
    for (const size of [100, 5000, 200_000]) {
      await producer.send({ topic, body: `${type} ${"ab".repeat(size / 2)}`, keys: type }, queues.next(topic));
    }
  }
}

async function later(producer: Producer, version: Version, queues: Queues): Promise<void> {
  const topic = "t-delayed";
  for (const level of ["1", "18"]) {
    for (let n = 0; n < 3; n += 1) {
      await producer.send(
        { topic, body: text(n), keys: `D${level}`, properties: { DELAY: level } },
        queues.next(topic),
      );
    }
  }
  if (!has5x(version)) return;
  for (const seconds of [1, 3600]) {
    const due = String(Date.now() + seconds * 1000);
    const properties = { TIMER_DELIVER_MS: due };
    await producer.send({ topic: "t-timed", body: "timed", keys: `T${seconds}`, properties }, queues.next("t-timed"));
  }
}

async function special(producer: Producer, queues: Queues): Promise<void> {
  for (const end of ["COMMIT_MESSAGE", "ROLLBACK_MESSAGE", "UNKNOW"] as const) {
    for (let n = 0; n < 3; n += 1) {
      await producer.sendInTransaction({ topic: "t-trans", body: `${end} ${n}`, keys: end, tags: "TX" }, end);
    }
  }
  const batch = Array.from({ length: 10 }, (_, n) => ({
    topic: "t-batch",
    body: text(n),
    keys: `B${n}`,
    tags: "BATCH",
  }));
  await producer.sendBatch(batch, queues.at("t-batch", 0, 0));
  await producer.sendBatch(batch.slice(0, 3), queues.at("t-batch", 1, 1));
  for (let n = 0; n < 8; n += 1) {
    const properties = { __SHARDINGKEY: `s${n % 2}` };
    await producer.send(
      { topic: "t-ordered", body: text(n), keys: `O${n % 2}`, properties },
      queues.at("t-ordered", n % 2, 0),
    );
  }
}

/** Messages of every kind that producers can send. */
export async function sendMessages(oracle: Oracle, clients: Clients, masters: readonly MasterAddr[]): Promise<void> {
  const producer = await clients.producer("p-data", {
    maxMessageSize: 4 * 1024 * 1024,
    compressMsgBodyOverHowmuch: 4 * 1024 * 1024,
  });
  const queues = new Queues(masters);
  await later(producer, oracle.version, queues);
  await special(producer, queues);
  await plain(producer, queues);
  await keys(producer, queues);
  await encodings(producer, queues);
  await zipped(oracle, clients, queues);
}
