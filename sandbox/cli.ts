import { once } from "node:events";
import { parseArgs } from "node:util";
import { type ClusterOptions, startCluster } from "./cluster.ts";
import { isVersion, resolveJars, versions } from "./jars.ts";
import { startWorkload } from "./workload.ts";

const USAGE = `usage:
  tsx sandbox/cli.ts start [--version ${versions.join("|")}] [--name NAME] [--namesrvs N] [--masters N] [--slaves N]
                           [--proxy] [--acl 1.0|2.0] [--tls] [--conf key=value]… [--dir DIR] [--port-base PORT]
                           [--workload] [--rate N]
      starts a cluster (and the shop on it), prints its addresses as one line of JSON, and stops it on Ctrl-C
  tsx sandbox/cli.ts jars [VERSION…]
      downloads the jars (all versions when none is named)
  tsx sandbox/cli.ts judge --console URL --namesrv host:9876[;host2:9876] [--user NAME] [--instance ID]
                           [--version VERSION] [--access-key KEY]
      compares what a running console shows with what the official tools say, and changes nothing; the console's
      password is taken from ROCKETDECK_PASSWORD or standard input, the cluster's secret key from ROCKETMQ_SECRET_KEY`;

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      version: { type: "string" },
      name: { type: "string" },
      namesrvs: { type: "string" },
      masters: { type: "string" },
      slaves: { type: "string" },
      proxy: { type: "boolean" },
      acl: { type: "string" },
      tls: { type: "boolean" },
      conf: { type: "string", multiple: true },
      dir: { type: "string" },
      "port-base": { type: "string" },
      workload: { type: "boolean" },
      rate: { type: "string" },
      console: { type: "string" },
      namesrv: { type: "string" },
      user: { type: "string" },
      instance: { type: "string" },
      "access-key": { type: "string" },
    },
  });
}

type Flags = ReturnType<typeof parse>["values"];

function count(flags: Flags, name: "namesrvs" | "masters" | "slaves" | "port-base" | "rate"): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a number, not "${text}"`);
  return Number(text);
}

function versionOf(text: string): (typeof versions)[number] {
  if (!isVersion(text)) throw new Error(`version "${text}" is unknown; known: ${versions.join(", ")}`);
  return text;
}

function clusterOptions(flags: Flags): ClusterOptions {
  const { acl } = flags;
  if (acl !== undefined && acl !== "1.0" && acl !== "2.0") throw new Error(`--acl is 1.0 or 2.0, not "${acl}"`);
  const pairs = (flags.conf ?? []).map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new Error(`--conf takes key=value, not "${pair}"`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return {
    version: flags.version === undefined ? undefined : versionOf(flags.version),
    name: flags.name,
    namesrvs: count(flags, "namesrvs"),
    masters: count(flags, "masters"),
    slaves: count(flags, "slaves"),
    portBase: count(flags, "port-base"),
    proxy: flags.proxy,
    tls: flags.tls,
    acl,
    dir: flags.dir,
    brokerConf: Object.fromEntries(pairs),
  };
}

async function start(flags: Flags): Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopping.abort());
  try {
    const cluster = await startCluster({ ...clusterOptions(flags), signal });
    const workload = flags.workload ? startWorkload(cluster, { rate: count(flags, "rate") }) : undefined;
    await workload?.ready;
    console.log(JSON.stringify({ ...cluster, pids: cluster.pids() }));
    if (!signal.aborted) await once(signal, "abort");
    await workload?.stop();
    await cluster.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function judge(flags: Flags): Promise<void> {
  const { console: url, namesrv, user = "admin", instance, version, "access-key": accessKey } = flags;
  if (url === undefined || namesrv === undefined) throw new Error("judge needs --console and --namesrv");
  const secretKey = process.env["ROCKETMQ_SECRET_KEY"] ?? "";
  // The console's own code is loaded for this command alone.
  const { judgeConsole } = await import("./oracle/judge-command.ts");
  const request = {
    console: url,
    namesrvAddrs: namesrv.split(";"),
    user,
    instanceId: instance,
    version: version === undefined ? undefined : versionOf(version),
    credentials: accessKey === undefined ? undefined : { accessKey, secretKey },
  };
  if (!(await judgeConsole(request, (line) => process.stdout.write(`${line}\n`)))) process.exitCode = 1;
}

const { values, positionals } = parse();
const [command, ...rest] = positionals;
if (command === "start") {
  await start(values);
} else if (command === "jars") {
  for (const version of rest.length > 0 ? rest.map(versionOf) : versions) await resolveJars(version);
} else if (command === "judge") {
  await judge(values);
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
