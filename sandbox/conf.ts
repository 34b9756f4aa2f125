import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Version } from "./jars.ts";
import type { TlsFiles } from "./tls.ts";

export type Acl = "1.0" | "2.0";

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

/** The super user of every sandbox cluster with ACL; it exists on loopback only. */
export const sandboxCredentials: Credentials = { accessKey: "sandbox-admin", secretKey: "sandbox-secret" };

const SMALL = [
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-Xshare:auto",
  "-Xss256k",
  "-XX:ReservedCodeCacheSize=48m",
  "-XX:MetaspaceSize=64m",
  "-XX:MaxMetaspaceSize=96m",
];

const HEAP = {
  namesrv: ["-Xms32m", "-Xmx32m"],
  // With 256 MB of direct memory a master that clients use collects all garbage each second, below that its timer thread dies in silence.
  broker: ["-Xms128m", "-Xmx160m", "-XX:MaxDirectMemorySize=1g"],
  proxy: ["-Xms96m", "-Xmx128m", "-XX:MaxDirectMemorySize=96m"],
} as const;

const MAIN = {
  namesrv: "org.apache.rocketmq.namesrv.NamesrvStartup",
  broker: "org.apache.rocketmq.broker.BrokerStartup",
  proxy: "org.apache.rocketmq.proxy.ProxyStartup",
} as const;

const UNMAPS_BY_REFLECTION: readonly Version[] = ["5.1.4", "4.9.7"];

export type Role = keyof typeof MAIN;

export interface Installation {
  version: Version;
  classpath: string;
  tls?: TlsFiles;
}

/** The java arguments of one process of RocketMQ whose directory is `dir`; `jvm` comes after those of a small one and so overrides them. */
export function javaArgs(
  role: Role,
  dir: string,
  { version, classpath, tls }: Installation,
  { args, jvm = [] }: { args: string[]; jvm?: readonly string[] },
): string[] {
  const home = join(dir, "home");
  // Before 5.3 files are unmapped by reflection, without which a topic that has messages is deleted with an error.
  const opens = UNMAPS_BY_REFLECTION.includes(version) ? ["java.nio", "sun.nio.ch", "jdk.internal.ref"] : [];
  // The disk guards would refuse writes on a disk that is merely well used.
  const disk = [
    "-Drocketmq.broker.diskSpaceWarningLevelRatio=0.99",
    "-Drocketmq.broker.diskSpaceCleanForciblyRatio=0.99",
  ];
  return [
    ...SMALL,
    ...HEAP[role],
    ...jvm,
    ...opens.flatMap((name) => ["opens", "exports"].map((kind) => `--add-${kind}=java.base/${name}=ALL-UNNAMED`)),
    `-Drocketmq.home.dir=${home}`,
    ...(role === "broker" ? disk : []),
    ...(tls
      ? ["-Dtls.server.mode=enforcing", `-Dtls.config.file=${tls.config}`, "-Dtls.enable=true"]
      : // By default every process makes a key pair for TLS on demand: three seconds of CPU, more than the rest of its start.
        ["-Dtls.server.mode=disabled"]),
    "-cp",
    classpath,
    MAIN[role],
    ...args,
  ];
}

export function homeEnv(dir: string): Record<string, string> {
  const home = join(dir, "home");
  return { ROCKETMQ_HOME: home, RMQ_PROXY_HOME: home };
}

export async function writeProperties(file: string, values: Record<string, string>): Promise<void> {
  await writeFile(
    file,
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
}

function logback(role: Role): string {
  return `<configuration>
  <appender name="file" class="ch.qos.logback.core.FileAppender">
    <file>\${user.home}/logs/rocketmqlogs/${role}.log</file>
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5p %t %c{0} - %m%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="file"/></root>
</configuration>
`;
}

/** Makes ROCKETMQ_HOME of one process. */
export async function makeHome(role: Role, dir: string, version: Version, acl?: Acl): Promise<void> {
  const conf = join(dir, "home", "conf");
  await mkdir(conf, { recursive: true });
  // 4.9 has no logging configuration in its jars and would write everything to the console.
  if (version.startsWith("4.")) await writeFile(join(conf, `logback_${role}.xml`), logback(role));
  if (role === "broker" && acl === "1.0") {
    const { accessKey, secretKey } = sandboxCredentials;
    const account = `  - accessKey: ${accessKey}\n    secretKey: ${secretKey}\n    whiteRemoteAddress:\n    admin: true\n`;
    await writeFile(join(conf, "plain_acl.yml"), `globalWhiteRemoteAddresses: []\naccounts:\n${account}`);
  }
}

const AUTH = "org.apache.rocketmq.auth";

function aclProperties(acl?: Acl): Record<string, string> {
  if (acl === undefined) return {};
  if (acl === "1.0") return { aclEnable: "true" };
  const { accessKey, secretKey } = sandboxCredentials;
  return {
    authenticationEnabled: "true",
    authenticationMetadataProvider: `${AUTH}.authentication.provider.LocalAuthenticationMetadataProvider`,
    authorizationEnabled: "true",
    authorizationMetadataProvider: `${AUTH}.authorization.provider.LocalAuthorizationMetadataProvider`,
    initAuthenticationUser: JSON.stringify({ username: accessKey, password: secretKey }),
    innerClientAuthenticationCredentials: JSON.stringify(sandboxCredentials),
  };
}

export interface BrokerConf {
  clusterName: string;
  brokerName: string;
  brokerId: number;
  listenPort: number;
  promPort: number;
  namesrvAddr: string;
  dir: string;
  acl?: Acl;
  extra: Record<string, string>;
}

/** broker.conf; every version takes the keys of every other and ignores those it does not know. */
export function brokerProperties(conf: BrokerConf): Record<string, string> {
  return {
    brokerClusterName: conf.clusterName,
    brokerName: conf.brokerName,
    brokerId: String(conf.brokerId),
    brokerRole: conf.brokerId === 0 ? "ASYNC_MASTER" : "SLAVE",
    flushDiskType: "ASYNC_FLUSH",
    bindAddress: "127.0.0.1",
    brokerIP1: "127.0.0.1",
    brokerIP2: "127.0.0.1",
    namesrvAddr: conf.namesrvAddr,
    listenPort: String(conf.listenPort),
    haListenPort: String(conf.listenPort + 1),
    storePathRootDir: join(conf.dir, "store"),
    storePathCommitLog: join(conf.dir, "store", "commitlog"),
    mappedFileSizeCommitLog: String(16 << 20),
    mappedFileSizeConsumeQueue: "600000",
    mappedFileSizeTimerLog: String(1 << 20),
    maxHashSlotNum: "10000",
    maxIndexNum: "40000",
    diskMaxUsedSpaceRatio: "99",
    // A machine with few and busy cores answers late; that is no reason to refuse a send.
    waitTimeMillsInSendQueue: "3000",
    osPageCacheBusyTimeOutMills: "5000",
    timerWheelEnable: "true",
    // Each flush compares the whole wheel: at the default of one a second an idle broker spends a sixth of a core on it.
    timerFlushIntervalMs: "60000",
    // For one such interval after its start a broker of 5.x spins on a whole core (TransactionMetricsFlushService); the default is ten seconds.
    transactionMetricFlushInterval: "500",
    // Once a transaction has ended, a broker of 5.5 that has no other for this interval spins on a whole core
    // (TransactionalOpBatchService: three seconds by default); a message of ops that is always full is written at once.
    transactionOpBatchInterval: "86400000",
    transactionOpMsgMaxSize: "1",
    autoCreateTopicEnable: "true",
    traceTopicEnable: "true",
    enablePropertyFilter: "true",
    enableLmq: "true",
    enableMultiDispatch: "true",
    recallMessageEnable: "true",
    metricsExporterType: "PROM",
    metricsPromExporterHost: "127.0.0.1",
    metricsPromExporterPort: String(conf.promPort),
    ...aclProperties(conf.acl),
    ...conf.extra,
  };
}

export interface ProxyConf {
  clusterName: string;
  namesrvAddr: string;
  grpcPort: number;
  remotingPort: number;
  promPort: number;
  acl?: Acl;
  tls?: TlsFiles;
}

/** rmq-proxy.json of a proxy in cluster mode. */
export function proxyJson({ clusterName, namesrvAddr, grpcPort, remotingPort, promPort, acl, tls }: ProxyConf): string {
  const auth = {
    authenticationEnabled: true,
    authenticationProvider: `${AUTH}.authentication.provider.DefaultAuthenticationProvider`,
    authenticationMetadataProvider: "org.apache.rocketmq.proxy.auth.ProxyAuthenticationMetadataProvider",
    authorizationEnabled: true,
    authorizationProvider: `${AUTH}.authorization.provider.DefaultAuthorizationProvider`,
    authorizationMetadataProvider: "org.apache.rocketmq.proxy.auth.ProxyAuthorizationMetadataProvider",
    innerClientAuthenticationCredentials: JSON.stringify(sandboxCredentials),
    enableAclRpcHookForClusterMode: true,
  };
  return JSON.stringify({
    rocketMQClusterName: clusterName,
    namesrvAddr,
    proxyMode: "CLUSTER",
    grpcServerPort: grpcPort,
    remotingListenPort: remotingPort,
    metricsExporterType: "PROM",
    metricsPromExporterHost: "127.0.0.1",
    metricsPromExporterPort: promPort,
    useEndpointPortFromRequest: true,
    ...(acl === "2.0" ? auth : {}),
    ...(tls ? { tlsTestModeEnable: false, tlsCertPath: tls.cert, tlsKeyPath: tls.key } : {}),
  });
}
