import { ORPCError } from "@orpc/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCluster, type SandboxCluster } from "../../../../sandbox/cluster.ts";
import { writeGroupEverywhere } from "../../../rocketmq/admin/group-admin.ts";
import { Producer } from "../../../rocketmq/client/producer.ts";
import { PullConsumer } from "../../../rocketmq/client/pull-consumer.ts";
import { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { storedIn } from "../../../testing/dead-letters.ts";
import { giveUp } from "../../../testing/give-up.ts";
import { startTestServer, type TestServer } from "../../../testing/start-test-server.ts";
import { createTestTopic, eventually } from "../../../testing/test-topic.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const LETTERS = 320;
const group = "resend-killed";

let sandbox: SandboxCluster;
let cluster: RocketMQCluster;
let server: TestServer;

beforeAll(async () => {
  sandbox = await startCluster({ masters: 1 });
  cluster = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs });
  server = await startTestServer();
});

afterAll(async () => {
  await server?.stop();
  cluster?.close();
  await sandbox?.stop();
});

const stored = (topic: string) => storedIn(cluster, topic);

/** Every message of the only queue of a topic, by its body. */
async function bodiesIn(topic: string, brokerName: string): Promise<string[]> {
  const bodies: string[] = [];
  const end = BigInt(await stored(topic));
  for await (const page of new PullConsumer(cluster).read({ topic, brokerName, queueId: 0 }, 0n, end))
    bodies.push(...page.map(({ storedBody }) => storedBody.toString()));
  return bodies;
}

const ended = (jobId: string) =>
  eventually(
    "the job has ended",
    async () => {
      const job = await server.client.job.get({ jobId });
      return job.finishedAt === null ? undefined : job;
    },
    90_000,
  );

test("a broker killed in the middle leaves unknown rows, and the next tries send each dead letter once, as its queue says", async () => {
  const [broker] = sandbox.brokers;
  if (broker === undefined) throw new Error("no broker");
  const { brokerName, addr } = broker;
  const { id: instanceId } = await server.client.instance.register({
    name: "killed",
    namesrvAddrs: sandbox.namesrvAddrs,
  });
  const from = "killed-from";
  await createTestTopic(cluster, { topic: from, readQueueNums: 1, writeQueueNums: 1 });
  await writeGroupEverywhere(cluster, { groupName: group, patch: {} });
  const producer = new Producer(cluster);
  const sends = Array.from({ length: LETTERS }, (_, n) =>
    producer.send({ topic: from, body: Buffer.from(`letter ${n}`) }),
  );
  await Promise.all(sends);
  await eventually("all are in the queue", async () => ((await stored(from)) === LETTERS ? true : undefined));
  for await (const page of new PullConsumer(cluster).read({ topic: from, brokerName, queueId: 0 }, 0n, BigInt(LETTERS)))
    await Promise.all(
      page.map(({ msgId, physicalOffset }) => giveUp(cluster, addr, group, { topic: from, msgId, physicalOffset })),
    );
  await eventually("all are dead letters", async () =>
    (await stored(`%DLQ%${group}`)) === LETTERS ? true : undefined,
  );

  const first = await server.client.resend.plan({ instanceId, group });
  expect(first).toMatchObject({ goes: LETTERS, blocked: null });
  const { jobId } = await server.client.resend.deadLetters({ instanceId, group, planId: first.planId });
  await eventually("some are sent", async () => ((await server.client.job.get({ jobId })).ok >= 40 ? true : undefined));
  await sandbox.killBroker(brokerName);
  const cut = await ended(jobId);
  expect(cut.state).toBe("partial");
  expect(cut.ok).toBeLessThan(LETTERS);
  const { items: rows } = await server.client.job.rows({ jobId, pageSize: 200, states: ["failed", "unknown"] });
  // A row without a letter is of the reading, which failed and sent nothing.
  const lost = rows.filter(
    ({ code, data }) => data?.["letter"] !== undefined && (code === "CONNECTION_LOST" || code === "REQUEST_TIMEOUT"),
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(lost.map(({ state }) => state)).toEqual(lost.map(() => "unknown"));
  await sandbox.startBroker(brokerName);
  await eventually("it answers again", () => cluster.route(from, { fresh: true }).catch(() => undefined));

  await eventually(
    "what is unknown is settled by looking, and the rest is sent",
    async () => {
      const next = await server.client.resend.plan({ instanceId, group });
      if (next.blocked === null) {
        const asked = { instanceId, group, planId: next.planId };
        const again = await server.client.resend.deadLetters(asked).catch((error: unknown) => {
          // A broker that came back between the two has outrun the plan.
          if (error instanceof ORPCError && error.code === "PLAN_STALE") return undefined;
          throw error;
        });
        if (again !== undefined) await ended(again.jobId);
      }
      return next.sent === LETTERS && next.unknown === 0 ? true : undefined;
    },
    90_000,
  );
  const expected = Array.from({ length: LETTERS }, (_, n) => `letter ${n}`).toSorted();
  expect((await bodiesIn(from, brokerName)).toSorted()).toEqual([...expected, ...expected].toSorted());
});
