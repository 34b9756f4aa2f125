import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { startCluster, type ClusterOptions, type SandboxCluster } from "../../../sandbox/cluster.ts";
import { topicRpc } from "../rpc/topic.ts";
import { messageRpc } from "../rpc/message.ts";
import { RocketMQCluster, type RocketMQClusterOptions } from "../cluster/cluster.ts";
import { testConnection, type ConnectionReport } from "./connection-test.ts";

let sandbox: SandboxCluster | undefined;
const clusters: RocketMQCluster[] = [];
afterEach(async () => {
  for (const cluster of clusters.splice(0)) cluster.close();
  await sandbox?.stop();
  sandbox = undefined;
});

async function start(options: ClusterOptions): Promise<SandboxCluster> {
  sandbox = await startCluster(options);
  return sandbox;
}

function connect(options: Omit<RocketMQClusterOptions, "namesrvAddrs"> = {}): RocketMQCluster {
  const cluster = new RocketMQCluster({ namesrvAddrs: sandbox?.namesrvAddrs ?? [], timeoutMs: 15_000, ...options });
  clusters.push(cluster);
  return cluster;
}

const failedSteps = (report: ConnectionReport): unknown[] =>
  report.steps.filter(({ ok }) => !ok).map(({ step, code }) => [step, code]);

/** A signed admin call with body and ext fields, and the one whose signature leaves a field out. */
async function write(cluster: RocketMQCluster, topic: string): Promise<void> {
  const { targets } = await cluster.masters();
  const addr = targets[0]?.addr ?? "";
  await cluster.call(topicRpc.updateAndCreateTopic, addr, {
    topic,
    defaultTopic: "TBW102",
    readQueueNums: 1,
    writeQueueNums: 1,
    perm: 6,
    topicFilterType: "SINGLE_TAG",
    order: false,
  });
  const query = {
    topic,
    key: "退款",
    maxNum: 1,
    beginTimestamp: 0n,
    endTimestamp: 9223372036854775807n,
    _UNIQUE_KEY_QUERY: true,
  };
  expect((await cluster.call(messageRpc.queryMessage, addr, query)).code).toBe(22);
}

const wrong = { accessKey: "sandbox-admin", secretKey: "not the secret" };

test.each([
  ["5.5.0", "2.0"],
  ["4.9.7", "1.0"],
] as const)(
  "%s with ACL %s takes the right signature and tells a wrong and a missing one",
  async (version, acl) => {
    const { credentials } = await start({ version, acl });
    const signed = connect({ credentials });
    expect(await testConnection(signed)).toMatchObject({ ok: true, acl });
    await write(signed, "it-signed");
    for (const cluster of [connect({ credentials: wrong }), connect()]) {
      const report = await testConnection(cluster);
      expect(report).toMatchObject({ ok: false, acl });
      expect(failedSteps(report)).toEqual([["signature", "SIGNATURE_FAILED"]]);
      await expect(write(cluster, "it-unsigned")).rejects.toEqual(
        expect.objectContaining({ code: "SIGNATURE_FAILED" }),
      );
    }
  },
  240_000,
);

test("a cluster that takes TLS only is reached with its authority, and says so without", async () => {
  const { tls } = await start({ tls: true });
  const ca = readFileSync(tls?.ca ?? "", "utf8");
  const trusted = connect({ tls: { ca } });
  expect(await testConnection(trusted)).toMatchObject({ ok: true });
  await write(trusted, "it-tls");
  expect(failedSteps(await testConnection(connect()))).toEqual([["namesrv", "TLS_REQUIRED"]]);
  expect(failedSteps(await testConnection(connect({ tls: {} })))).toEqual([["namesrv", "TLS_FAILED"]]);
  expect(await testConnection(connect({ tls: { rejectUnauthorized: false } }))).toMatchObject({ ok: true });
}, 240_000);
