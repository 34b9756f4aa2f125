import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buildIfStale } from "./build.mjs";
import { importTypeScript } from "./setup.mjs";
import { root, seconds, SetupError, step } from "./steps.mjs";

const HOST = "127.0.0.1";
// The first name server listens on the port above: RocketMQ's usual 9876, so that the instance keeps its address between starts.
const PORT_BASE = 9875;

async function startSandbox(stops) {
  const { startCluster } = await importTypeScript("sandbox/cluster.ts");
  let cluster;
  await step("RocketMQ cluster", async () => {
    cluster = await startCluster({ name: "demo", masters: 2, slaves: 1, proxy: true, portBase: PORT_BASE });
    stops.push(() => cluster.stop());
    return `2 masters, 1 slave, a proxy; name server ${cluster.namesrvAddrs.join(";")}`;
  });
  return cluster;
}

async function startShop(cluster, stops) {
  const { startWorkload } = await importTypeScript("sandbox/workload.ts");
  await step("Workload", async () => {
    const workload = startWorkload(cluster);
    stops.push(() => workload.stop());
    await workload.ready;
    return "producers and consumers run";
  });
}

const presetOf = (cluster) => ({
  ROCKETDECK_PRESET_NAME: "demo",
  ROCKETDECK_NAMESRV: cluster.namesrvAddrs.join(";"),
  ROCKETDECK_PROXY: cluster.proxy?.grpc ?? "",
  ROCKETDECK_PROXY_REMOTING: cluster.proxy?.remoting ?? "",
});

/** Says so before the cluster is started rather than after. */
async function checkPort(port) {
  const probe = createServer().listen(port, HOST);
  await once(probe, "listening").catch(() => {
    throw new SetupError(`Port ${port} is in use. Name another one: ROCKETDECK_PORT=8081 npm run demo`);
  });
  probe.close();
  await once(probe, "close");
}

async function startServer(folder, port, preset, stops) {
  const { startConsole } = await importTypeScript("scripts/lib/console-server.ts");
  let server;
  await step("Console", async () => {
    server = await startConsole({
      dataDir: folder,
      port,
      env: preset,
      logFile: join(folder, "console.log"),
    });
    stops.push(() => server.stop());
  });
  return server;
}

/** The server prints a first password only when it has just made the account. */
function greeting(server) {
  const told = server.output().match(/^First (administrator|password): .*$/gm);
  const account = told
    ? told.map((line) => `  ${line}`).join("\n")
    : "  Sign in with the password you have set; `npm run demo -- --reset` starts over with a new one.";
  return `\n  RocketDeck: ${server.url}\n${account}\n  Ctrl-C stops everything.\n`;
}

/** Starts the cluster (unless `namesrv` names one), the workload and the console, and keeps them until a signal. */
export async function demo({ namesrv, reset, stops, stopAll }) {
  const since = performance.now();
  const folder = join(root, ".rocketdeck", namesrv ? "own-cluster" : "demo");
  const port = Number(process.env.ROCKETDECK_PORT ?? 8080);
  if (reset) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await checkPort(port);
  const built = step("Build", buildIfStale);
  const cluster = namesrv ? undefined : startSandbox(stops);
  const preset = cluster?.then(presetOf) ?? { ROCKETDECK_PRESET_NAME: namesrv, ROCKETDECK_NAMESRV: namesrv };
  const served = Promise.all([preset, built]).then(([env]) => startServer(folder, port, env, stops));
  const sold = cluster?.then((running) => startShop(running, stops));
  try {
    const [server] = await Promise.all([served, sold]);
    console.log(`✓ Ready (${seconds(since)})\n${greeting(server)}`);
    void server.ended.then(async (code) => {
      if (stops.length === 0) return;
      console.error(`The console has ended by itself (exit code ${code}); its log is ${join(folder, "console.log")}.`);
      await stopAll();
      process.exit(1);
    });
  } catch (error) {
    await Promise.allSettled([built, served, sold]);
    await stopAll();
    throw error instanceof SetupError ? error : new SetupError(error.message);
  }
}
