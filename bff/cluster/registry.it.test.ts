import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedCluster } from "../../sandbox/testing/shared-cluster.ts";
import { startTestServer, type TestServer } from "../testing/start-test-server.ts";

let server: TestServer;
let namesrvAddrs: string[];
beforeAll(async () => {
  ({ namesrvAddrs } = await sharedCluster());
  server = await startTestServer({
    presetName: "Shared",
    presetNamesrv: namesrvAddrs,
    metricsToken: "a-token-for-tests",
  });
});
afterAll(() => server.stop());

const change = (columns: { namesrvAddrs?: string; name?: string; recycledAt?: number | null }) =>
  server.deps.db.updateTable("instance").set(columns).where("id", "=", "preset").execute();

test("a cluster is kept while its instance is reached the same way, and made anew when not", async () => {
  const { clusters } = server.deps;
  const first = await clusters.get("preset");
  expect((await first.brokers()).length).toBeGreaterThan(0);
  await change({ name: "Renamed" });
  expect(await clusters.get("preset")).toBe(first);
  await change({ namesrvAddrs: JSON.stringify(["127.0.0.1:1"]) });
  const second = await clusters.get("preset");
  expect(second).not.toBe(first);
  await expect(second.brokers()).rejects.toMatchObject({ code: "NO_NAMESRV_AVAILABLE" });
  await change({ namesrvAddrs: JSON.stringify(namesrvAddrs) });
  expect((await (await clusters.get("preset")).brokers()).length).toBeGreaterThan(0);
});

test("an instance that is unknown or in the recycle bin has no cluster", async () => {
  await expect(server.deps.clusters.get("nobody")).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  await change({ recycledAt: Date.now() });
  await expect(server.deps.clusters.get("preset")).rejects.toMatchObject({ code: "INSTANCE_NOT_FOUND" });
  await change({ recycledAt: null });
});

test("requests to brokers are counted by code and outcome", async () => {
  await (await server.deps.clusters.get("preset")).clusterInfo({ fresh: true });
  const response = await fetch(`${server.url}/metrics`, { headers: { authorization: "Bearer a-token-for-tests" } });
  expect(await response.text()).toMatch(
    /rocketdeck_rocketmq_request_duration_seconds_count\{code="106",result="0"\} \d+/,
  );
});
