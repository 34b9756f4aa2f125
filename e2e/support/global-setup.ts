import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RocketMQCluster } from "../../bff/rocketmq/cluster/cluster.ts";
import { startCluster, type SandboxCluster } from "../../sandbox/cluster.ts";
import { startWorkload } from "../../sandbox/workload.ts";
import { startConsole } from "../../scripts/lib/console-server.ts";
import { apiClient, signIn } from "./api-client.ts";
import { publish } from "./environment.ts";
import { createReader } from "./reader.ts";
import { registration } from "./registration.ts";
import { untilOnline } from "./until.ts";

const username = "admin";
const password = "e2e-Passw0rd-of-the-tests";
const reader = "reader";
const instanceName = "sandbox";
const LOG = "test-results/console.log";

async function clientsOnline({ namesrvAddrs, proxy }: SandboxCluster): Promise<void> {
  const cluster = new RocketMQCluster({ namesrvAddrs });
  try {
    await untilOnline(cluster, proxy ? [proxy.remoting] : []);
  } finally {
    cluster.close();
  }
}

/** One cluster with the workload on it and one console for all browser tests; what it returns stops them. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    await mkdir("test-results/screens", { recursive: true });
    const cluster = await startCluster({ name: "sandbox", masters: 2, slaves: 1, proxy: true });
    stops.push(() => cluster.stop());
    const workload = startWorkload(cluster);
    stops.push(() => workload.stop());

    const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-e2e-"));
    stops.push(() => rm(dataDir, { recursive: true, force: true }));
    const env = {
      ROCKETDECK_ADMIN_USERNAME: username,
      ROCKETDECK_ADMIN_PASSWORD: password,
      ROCKETDECK_CONNECTION_TESTS_PER_MINUTE: "1000",
    };
    const server = await startConsole({ dataDir, env, logFile: LOG });
    stops.push(() => server.stop());

    const { url } = server;
    const cookie = await signIn(url, username, password);
    await createReader(dataDir, reader, password);
    const readerCookie = await signIn(url, reader, password);
    const { clusterName, version, namesrvAddrs, brokers, proxy } = cluster;
    const instance = await apiClient(url, cookie).instance.register(registration(instanceName, cluster));
    await workload.ready;
    await clientsOnline(cluster);
    publish({
      url,
      username,
      password,
      cookie,
      readerCookie,
      instanceId: instance.id,
      instanceName,
      cluster: { clusterName, version, namesrvAddrs, brokers, proxy },
    });
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}
