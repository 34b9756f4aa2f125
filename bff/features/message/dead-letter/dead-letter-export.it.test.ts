import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sharedCluster } from "../../../../sandbox/testing/shared-cluster.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually, untilInQueues } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const unique = `x${Date.now().toString(36)}`;
const MANY = 20_000;
const BATCH = 200;
const BODY = 2048;

let server: TestServer;
let cluster: RocketMQCluster;
let producer: Producer;
let instanceId: string;

beforeAll(async () => {
  const { namesrvAddrs } = await sharedCluster();
  cluster = new RocketMQCluster({ namesrvAddrs });
  producer = new Producer(cluster, { maxMessageSize: 32 * 1024 * 1024 });
  server = await startTestServer({ exportFileMb: 120 });
  instanceId = (await server.client.instance.register({ name: unique, namesrvAddrs })).id;
});

afterAll(async () => {
  cluster.close();
  await server.stop();
});

const deadLetterTopic = (group: string) =>
  createTestTopic(cluster, { topic: `%DLQ%${group}`, readQueueNums: 1, writeQueueNums: 1 });

type Form = Parameters<TestServer["client"]["deadLetter"]["export"]>[0];

async function exported(form: Omit<Form, "instanceId" | "from" | "to">) {
  const { jobId } = await server.client.deadLetter.export({ instanceId, from: 0, to: Date.now() + 60_000, ...form });
  const job = await eventually(
    "the export has ended",
    async () => {
      const now = await server.client.job.get({ jobId });
      return now.finishedAt === null ? undefined : now;
    },
    90_000,
  );
  return { job, jobId };
}

const textOf = async (jobId: string) => (await server.client.job.file({ jobId })).text();

test("many dead letters are exported whole, in memory that does not grow with them", async () => {
  const group = `${unique}_many`;
  const topic = await deadLetterTopic(group);
  const filler = "x".repeat(BODY - 8);
  const queue = { brokerName: "broker-a", queueId: 0 };
  for (let at = 0; at < MANY; at += BATCH) {
    const messages = Array.from({ length: BATCH }, (_, n) => ({
      topic,
      body: Buffer.from(`${String(at + n).padStart(8, "0")}${filler}`),
      queue,
    }));
    await producer.sendBatch(messages);
  }
  await untilInQueues(cluster, topic, MANY);
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const before = process.memoryUsage().heapUsed;
  let peak = 0;
  const watching = setInterval(() => {
    collect();
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
  }, 1000);
  const { job, jobId } = await exported({ group, format: "jsonl" }).finally(() => clearInterval(watching));
  expect(job).toMatchObject({ state: "succeeded", summary: { messages: MANY, of: MANY, marked: 0 } });
  expect(peak).toBeLessThan(32 * 1024 * 1024);
  const offsets = (await textOf(jobId))
    .trimEnd()
    .split("\n")
    .map((line) => Number((JSON.parse(line) as { body: string }).body.slice(0, 8)));
  expect(offsets).toEqual(Array.from({ length: MANY }, (_, n) => n));
});

test("a body of 20 MB packed, properties of 32 kB, bytes that are no text and cells that look like formulas all come out as they were", async () => {
  const group = `${unique}_odd`;
  const topic = await deadLetterTopic(group);
  const large = '消息,"quoted"\n'.repeat(1_400_000);
  const long = "p".repeat(31_000);
  const bytes = Buffer.from([0xff, 0, 1, 2]);
  const bodies = [Buffer.from(large), Buffer.from("=1+1"), bytes];
  for (const body of bodies)
    await producer.send({
      topic,
      body,
      keys: ["=cmd"],
      properties: { long },
      queue: { brokerName: "broker-a", queueId: 0 },
    });
  await untilInQueues(cluster, topic, bodies.length);
  expect(Buffer.byteLength(large)).toBeGreaterThan(20_000_000);

  const json = await exported({ group, format: "jsonl" });
  expect(json.job).toMatchObject({ state: "succeeded", file: { full: false } });
  const lines = (await textOf(json.jobId)).trimEnd().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records.map(({ bodyEncoding }) => bodyEncoding)).toEqual(["text", "text", "base64"]);
  expect(records[0]?.["body"] === large).toBe(true);
  expect(records.map(({ body }) => body).slice(1)).toEqual(["=1+1", bytes.toString("base64")]);
  expect(records[0]?.["properties"]).toMatchObject({ long, KEYS: "=cmd" });

  const csv = await exported({ group, format: "csv" });
  const rows: Record<string, string>[] = parse(await textOf(csv.jobId), { columns: true, bom: true });
  expect(rows.map(({ body }) => body).slice(1)).toEqual(["'=1+1", bytes.toString("base64")]);
  expect(rows[0]?.["body"] === large).toBe(true);
  expect(rows.map(({ keys }) => keys)).toEqual(["'=cmd", "'=cmd", "'=cmd"]);

  const base64 = await exported({ group, format: "jsonl", body: "base64" });
  const [first] = (await textOf(base64.jobId)).split("\n");
  const { body } = JSON.parse(first ?? "") as { body: string };
  expect(Buffer.from(body, "base64").equals(Buffer.from(large))).toBe(true);
});

test("an export without a dead letter topic fails and says why; one of nothing in the range is an empty file", async () => {
  const none = await exported({ group: `${unique}_none`, format: "csv" });
  expect(none.job).toMatchObject({ state: "failed", error: { code: "TOPIC_NOT_EXIST" } });
  const group = `${unique}_empty`;
  await deadLetterTopic(group);
  const empty = await exported({ group, format: "csv" });
  expect(empty.job).toMatchObject({ state: "succeeded", summary: { messages: 0, of: 0 } });
  expect(await textOf(empty.jobId)).toMatch(/^topic,brokerName,.*,originTopic,.*,body\r\n$/);
});
