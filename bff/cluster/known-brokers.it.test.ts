import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCluster } from "../../sandbox/cluster.ts";
import { startTestServer } from "../testing/start-test-server.ts";
import { planned } from "../testing/planned.ts";

test(
  "a broker that vanished is named after a restart of the console, until the connection is changed",
  { timeout: 120_000 },
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-known-"));
    const sandbox = await startCluster({ masters: 2 });
    const connection = { namesrvAddrs: sandbox.namesrvAddrs };
    const first = await startTestServer({ dataDir, sampleSeconds: 1 });
    const { id: instanceId } = await first.client.instance.register({ name: "known", ...connection });
    await first.stop();

    await sandbox.killBroker("broker-b");
    const second = await startTestServer({ dataDir, sampleSeconds: 1 });
    const failed = async () =>
      (await second.client.overview.brokers({ instanceId })).failures.map(({ target, code }) => [target, code]);
    await expect.poll(failed, { timeout: 20_000 }).toEqual([["broker-b", "BROKER_GONE"]]);
    expect((await second.client.topic.list({ instanceId })).failures).toMatchObject([
      { target: "broker-b", code: "BROKER_GONE" },
    ]);

    await planned(second.client).updateInstance({ instanceId, connection });
    await expect.poll(failed, { timeout: 20_000 }).toEqual([]);
    await second.stop();
    const third = await startTestServer({ dataDir });
    expect((await third.client.overview.brokers({ instanceId })).failures).toEqual([]);
    await third.stop();
    await sandbox.stop();
    await rm(dataDir, { recursive: true });
  },
);
