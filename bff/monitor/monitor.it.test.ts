import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { startTestServer } from "../testing/start-test-server.ts";

test("an instance whose name server accepts and never answers holds up the samples of no other", async () => {
  const { namesrvAddrs } = await sharedCluster();
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const server = await startTestServer({ sampleSeconds: 1 });
  try {
    const addr = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    await server.client.instance.register({ name: "silent", namesrvAddrs: [addr], force: true });
    const { id: instanceId } = await server.client.instance.register({ name: "answers", namesrvAddrs });
    const from = Date.now();
    const longestRun = async () => {
      const { series } = await server.client.history.series({
        instanceId,
        metrics: ["broker_tps"],
        from,
        to: Date.now(),
      });
      const known = (series[0]?.values ?? []).map((value) => (value === null ? " " : "x")).join("");
      return Math.max(...known.split(" ").map((run) => run.length));
    };
    await expect.poll(longestRun, { timeout: 50_000 }).toBeGreaterThanOrEqual(3);
  } finally {
    await server.stop();
    silent.close();
  }
}, 90_000);
