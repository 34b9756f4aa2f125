import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { createTestTopic } from "../../bff/testing/test-topic.ts";
import { CLIENTS, clientCode, type Client } from "../../web/features/instance/client-code.ts";
import { sharedCluster } from "../testing/shared-cluster.ts";
import { oracleClasspath } from "./oracle-classes.ts";

let dir: string;
let classpath: string;
let namesrvAddrs: string[];

beforeAll(async () => {
  ({ namesrvAddrs } = await sharedCluster());
  dir = await mkdtemp(join(tmpdir(), "rocketdeck-client-code-"));
  classpath = await oracleClasspath("5.5.0");
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const packages = [
  "java.nio.charset.StandardCharsets",
  "org.apache.rocketmq.acl.common.*",
  "org.apache.rocketmq.client.consumer.*",
  "org.apache.rocketmq.client.consumer.listener.*",
  "org.apache.rocketmq.client.consumer.rebalance.*",
  "org.apache.rocketmq.client.producer.*",
  "org.apache.rocketmq.common.consumer.ConsumeFromWhere",
  "org.apache.rocketmq.common.message.Message",
];

/** A program of the code that is shown. */
async function program(name: string, code: string): Promise<string> {
  const file = join(dir, `${name}.java`);
  const imports = packages.map((one) => `import ${one};`).join("\n");
  await writeFile(
    file,
    `${imports}\nclass ${name} {\n  public static void main(String[] args) throws Exception {\n${code}\n  }\n}\n`,
  );
  return file;
}

const java = (command: "java" | "javac", args: string[]) =>
  spawn(command, ["-cp", classpath, ...args], { stdio: ["ignore", "pipe", "inherit"] });

test("the code that is shown sends a message, and receives it", async () => {
  const cluster = new RocketMQCluster({ namesrvAddrs });
  const topic = await createTestTopic(cluster);
  cluster.close();
  const run = async (client: Client) => {
    const code = clientCode(client, { namesrvAddrs, accessKey: null, tls: false });
    return java("java", [`-Duser.home=${dir}`, await program(client, code.replaceAll("my-topic", topic))]);
  };
  const producer = await run("producer");
  producer.stdout.resume();
  expect(await once(producer, "close")).toEqual([0, null]);
  const consumer = await run("consumer");
  try {
    const lines: string[] = [];
    for await (const line of createInterface(consumer.stdout)) {
      lines.push(line);
      if (line === "hello") break;
    }
    expect(lines).toContain("hello");
  } finally {
    consumer.kill("SIGKILL");
    await once(consumer, "close");
  }
});

test("with an access key and TLS, too, it is Java that compiles", async () => {
  const reached = { namesrvAddrs, accessKey: 'quoted "key"', tls: true };
  const files = await Promise.all(CLIENTS.map((client) => program(`Signed${client}`, clientCode(client, reached))));
  const compiler = java("javac", ["-d", dir, ...files]);
  expect(await once(compiler, "close")).toEqual([0, null]);
});
