import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Acl,
  type Credentials,
  type Installation,
  type Role,
  brokerProperties,
  homeEnv,
  javaArgs,
  makeHome,
  proxyJson,
  sandboxCredentials,
  writeProperties,
} from "./conf.ts";
import { type Version, resolveJars } from "./jars.ts";
import { type Jvm, startJvm, untilReady } from "./jvm.ts";
import { reservePorts } from "./ports.ts";
import { clusterInfoText, registerBroker, tellsRuntime } from "./probe.ts";
import { makeTlsFiles } from "./tls.ts";

export interface ClusterOptions {
  version?: Version;
  /** Name of the RocketMQ cluster. */
  name?: string;
  namesrvs?: number;
  masters?: number;
  /** Slaves in all, given to the masters in turn. */
  slaves?: number;
  proxy?: boolean;
  /** 1.0 for 4.9.7 and 5.1.4, 2.0 for 5.3.3 and 5.5.0. */
  acl?: Acl;
  tls?: boolean;
  /** Further keys of broker.conf, the same for every broker. */
  brokerConf?: Record<string, string>;
  /** Further keys of namesrv.conf. */
  namesrvConf?: Record<string, string>;
  /** Further JVM arguments of every broker, for one that is to be fast rather than small. */
  brokerJvm?: readonly string[];
  /** Where the cluster lives; it is kept after stop(). Without it: a temporary directory that stop() removes. */
  dir?: string;
  /** Take ports from here when they are free (the first name server listens on portBase + 1), else from anywhere. */
  portBase?: number;
  /** Gives up a start that is under way. */
  signal?: AbortSignal;
}

export interface SandboxBroker {
  brokerName: string;
  brokerId: number;
  role: "master" | "slave";
  addr: string;
}

export interface SandboxCluster {
  clusterName: string;
  version: Version;
  namesrvAddrs: string[];
  brokers: SandboxBroker[];
  proxy?: { grpc: string; remoting: string };
  credentials?: Credentials;
  tls?: { ca: string };
  dir: string;
  /** Process groups that run now. */
  pids(): number[];
  stop(): Promise<void>;
  /** SIGKILL. */
  killBroker(brokerName: string, brokerId?: number): Promise<void>;
  /** Starts a killed broker on its own ports and store, and waits until it is listed. */
  startBroker(brokerName: string, brokerId?: number): Promise<void>;
  /** The same of all that do not run. */
  startKilled(): Promise<void>;
  /** SIGSTOP: it takes connections and answers nothing, as one that hangs. */
  holdBroker(brokerName: string, brokerId?: number): void;
  stopNamesrv(index: number): Promise<void>;
  startNamesrv(index: number): Promise<void>;
}

const HOST = "127.0.0.1";
const GRACEFUL_MS = 10_000;
const MAX_NAMESRVS = 8;
const FIRST_PROXY_PORT = 10;
const FIRST_BROKER_PORT = 20;
// listenPort - 2, listenPort, + 1 (replication) and + 2 (metrics).
const PORTS_OF_BROKER = 5;

function portOpen(addr: string): Promise<boolean> {
  const [host = "", port = ""] = addr.split(":");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    const settle = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** Those whose proxy is on Maven Central, which are those with ACL 2.0. */
const WITH_PROXY: readonly Version[] = ["5.5.0", "5.3.3"];

function checkOptions(version: Version, options: ClusterOptions): void {
  const { acl, proxy, namesrvs = 1, masters = 1 } = options;
  const fits: readonly Version[] = acl === "1.0" ? ["4.9.7", "5.1.4"] : WITH_PROXY;
  if (acl && !fits.includes(version)) throw new Error(`ACL ${acl} does not exist in the sandbox's ${version}`);
  if (proxy && !WITH_PROXY.includes(version)) throw new Error(`the sandbox has no proxy of ${version}`);
  if (namesrvs < 1 || namesrvs > MAX_NAMESRVS) throw new Error(`name servers: 1 to ${MAX_NAMESRVS}`);
  if (masters < 1) throw new Error("a cluster has at least one master");
}

function planBrokers(base: number, masters: number, slaves: number): SandboxBroker[] {
  const place = (index: number): string => `${HOST}:${base + FIRST_BROKER_PORT + index * PORTS_OF_BROKER + 2}`;
  const nameOf = (master: number): string => `broker-${String.fromCharCode(97 + master)}`;
  return Array.from({ length: masters + slaves }, (_, index) => {
    if (index < masters) return { brokerName: nameOf(index), brokerId: 0, role: "master", addr: place(index) };
    const slave = index - masters;
    const brokerId = 1 + Math.floor(slave / masters);
    return { brokerName: nameOf(slave % masters), brokerId, role: "slave", addr: place(index) };
  });
}

/** Starts a real RocketMQ cluster on loopback; it is ready when code 106 of every name server lists every broker and each tells its figures. */
export async function startCluster(options: ClusterOptions = {}): Promise<SandboxCluster> {
  const { version = "5.5.0", name: clusterName = "rocketdeck", namesrvs = 1, masters = 1, slaves = 0, acl } = options;
  checkOptions(version, options);
  const classpath = await resolveJars(version);
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "rocketdeck-sandbox-")));
  const ports = await reservePorts(FIRST_BROKER_PORT + (masters + slaves) * PORTS_OF_BROKER, options.portBase);
  const tls = options.tls ? await makeTlsFiles(join(dir, "tls")) : undefined;
  const ca = tls ? await readFile(tls.ca, "utf8") : undefined;
  const installation: Installation = { version, classpath, tls };
  const brokers = planBrokers(ports.base, masters, slaves);
  const namesrvAddrs = Array.from({ length: namesrvs }, (_, index) => `${HOST}:${ports.base + 1 + index}`);
  const credentials = acl ? sandboxCredentials : undefined;
  const running = new Map<string, Jvm>();

  async function launch(role: Role, name: string, args: string[]): Promise<Jvm> {
    if (running.get(name)?.exit === undefined && running.has(name)) throw new Error(`${name} runs already`);
    const own = join(dir, name);
    const launched = { args, jvm: role === "broker" ? options.brokerJvm : undefined };
    const jvm = await startJvm({
      name,
      dir: own,
      args: javaArgs(role, own, installation, launched),
      env: homeEnv(own),
    });
    running.set(name, jvm);
    return jvm;
  }

  async function startNamesrv(index: number): Promise<void> {
    const addr = namesrvAddrs[index];
    if (addr === undefined) throw new Error(`there is no name server ${index}`);
    const name = `namesrv-${index}`;
    await makeHome("namesrv", join(dir, name), version);
    const file = join(dir, name, "namesrv.conf");
    const listenPort = addr.split(":")[1] ?? "";
    await writeProperties(file, { listenPort, bindAddress: HOST, ...options.namesrvConf });
    const jvm = await launch("namesrv", name, ["-c", file]);
    await untilReady(jvm, "listening", () => portOpen(addr), options);
  }

  async function isListed(broker: SandboxBroker): Promise<boolean> {
    const entry = new RegExp(`"?${broker.brokerId}"?:"${broker.addr.replaceAll(".", "\\.")}"`);
    const live = namesrvAddrs.filter((_, index) => running.get(`namesrv-${index}`)?.exit === undefined);
    const answers = await Promise.all(live.map((addr) => clusterInfoText(addr, ca)));
    return answers.every((text) => entry.test(text));
  }

  const jvmName = (broker: SandboxBroker): string => `${broker.brokerName}-${broker.brokerId}`;

  async function startOneBroker(broker: SandboxBroker): Promise<void> {
    const own = join(dir, jvmName(broker));
    const listenPort = Number(broker.addr.split(":")[1]);
    await makeHome("broker", own, version, acl);
    const file = join(own, "broker.conf");
    const extra = { brokerPermission: "6", ...options.brokerConf };
    const { brokerName, brokerId } = broker;
    const conf = { clusterName, brokerName, brokerId, listenPort, promPort: listenPort + 2, dir: own, acl, extra };
    await writeProperties(file, brokerProperties({ ...conf, namesrvAddr: namesrvAddrs.join(";") }));
    const jvm = await launch("broker", jvmName(broker), ["-c", file]);
    // One whose slave may have acted for it registers when it has caught up with that; listed before, it waits for itself.
    const catchesUp = options.brokerConf?.["enableSlaveActingMaster"] === "true";
    const isReady = async (): Promise<boolean> => {
      if (!catchesUp) await registerBroker(broker.addr, extra.brokerPermission, { ca, credentials });
      return isListed(broker);
    };
    await untilReady(jvm, "listed by every name server", isReady, options);
    await untilReady(jvm, "telling its figures", () => tellsRuntime(broker.addr, { ca, credentials }), options);
  }

  function find(brokerName: string, brokerId: number): SandboxBroker {
    const broker = brokers.find((one) => one.brokerName === brokerName && one.brokerId === brokerId);
    if (!broker) throw new Error(`there is no broker ${brokerName} with id ${brokerId}`);
    return broker;
  }

  async function startProxy(): Promise<{ grpc: string; remoting: string }> {
    const grpcPort = ports.base + FIRST_PROXY_PORT;
    const own = join(dir, "proxy");
    const proxyPorts = { grpcPort, remotingPort: grpcPort + 1, promPort: grpcPort + 2 };
    await makeHome("proxy", own, version);
    const json = proxyJson({ clusterName, namesrvAddr: namesrvAddrs.join(";"), ...proxyPorts, acl, tls });
    await writeFile(join(own, "home", "conf", "rmq-proxy.json"), json);
    const jvm = await launch("proxy", "proxy", []);
    const addrs = { grpc: `${HOST}:${grpcPort}`, remoting: `${HOST}:${grpcPort + 1}` };
    await untilReady(jvm, "listening", async () => (await portOpen(addrs.grpc)) && portOpen(addrs.remoting), options);
    return addrs;
  }

  async function end(name: string): Promise<void> {
    await running.get(name)?.kill();
  }

  async function endAll(end: (jvm: Jvm) => Promise<void>): Promise<void> {
    await Promise.all([...running.values()].map(end));
    await ports.release();
  }

  async function stop(): Promise<void> {
    // Data that is kept is closed in order; data that is thrown away need not be.
    await endAll((jvm) => (options.dir ? jvm.terminate(GRACEFUL_MS) : jvm.kill()));
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  }

  try {
    await mkdir(dir, { recursive: true });
    await Promise.all(namesrvAddrs.map((_, index) => startNamesrv(index)));
    await Promise.all(brokers.filter((broker) => broker.role === "master").map(startOneBroker));
    const [proxy] = await Promise.all([
      options.proxy ? startProxy() : undefined,
      // A slave that registers before its master learns of it only ten seconds later.
      ...brokers.filter((broker) => broker.role === "slave").map(startOneBroker),
    ]);
    return {
      clusterName,
      version,
      namesrvAddrs,
      brokers,
      proxy,
      credentials,
      tls: tls ? { ca: tls.ca } : undefined,
      dir,
      pids: () => [...running.values()].filter((jvm) => jvm.exit === undefined).map((jvm) => jvm.pid),
      stop,
      killBroker: async (brokerName, brokerId = 0) => end(jvmName(find(brokerName, brokerId))),
      startBroker: async (brokerName, brokerId = 0) => startOneBroker(find(brokerName, brokerId)),
      startKilled: async () => {
        const ended = brokers.filter((broker) => running.get(jvmName(broker))?.exit !== undefined);
        await Promise.all(ended.map(startOneBroker));
      },
      holdBroker: (brokerName, brokerId = 0) => running.get(jvmName(find(brokerName, brokerId)))?.hold(),
      stopNamesrv: (index) => end(`namesrv-${index}`),
      startNamesrv,
    };
  } catch (error) {
    if (options.signal?.aborted) await stop();
    else await endAll((jvm) => jvm.kill());
    throw error;
  }
}
