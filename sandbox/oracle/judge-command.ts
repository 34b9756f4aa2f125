import { text } from "node:stream/consumers";
import { type ApiClient, apiClient } from "../../bff/testing/start-test-server.ts";
import type { Credentials } from "../conf.ts";
import { type Version, versions } from "../jars.ts";
import { judgeReads } from "./judge-reads.ts";
import { Judge } from "./judge.ts";
import { startOracle } from "./oracle.ts";
import { differenceText, metText, tableText } from "./report.ts";
import { mastersOf, readScene } from "./scene.ts";

export interface JudgeRequest {
  /** Where the console is. */
  console: string;
  namesrvAddrs: readonly string[];
  user: string;
  /** Which instance of the console; without it the one with a name server among these. */
  instanceId?: string;
  /** Version of the tools; without it the cluster's own or the nearest. */
  version?: Version;
  credentials?: Credentials;
}

/** A cluster may be large and busy: the newest messages, and few of them, are compared. */
const DEPTH = { messagesOfQueue: 8, boundariesOf: 3, statesOf: 3 };
const DIFFERENCES_SHOWN = 200;

async function signIn(url: string, username: string): Promise<ApiClient> {
  const given = process.env["ROCKETDECK_PASSWORD"] ?? (await text(process.stdin)).split("\n")[0] ?? "";
  const { client } = apiClient(url.replace(/\/$/, ""));
  await client.session.signIn({ username, password: given });
  return client;
}

async function instanceOf(api: ApiClient, { instanceId, namesrvAddrs }: JudgeRequest) {
  if (instanceId !== undefined) return api.instance.get({ instanceId });
  const { items } = await api.instance.list({ pageSize: 200 });
  const fitting = items.filter((item) => item.namesrvAddrs.some((addr) => namesrvAddrs.includes(addr)));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const known = items.map(({ id, name, namesrvAddrs }) => `${id} ${name} ${namesrvAddrs.join(";")}`).join("\n");
  throw new Error(
    `name the instance with --instance, ${fitting.length} have one of these name servers; known:\n${known}`,
  );
}

/** The tools nearest to a broker's version: those of the newest line that is not newer, else the oldest. */
export function toolsFor(broker: string): Version {
  const line = (version: string) => version.split(".").slice(0, 2).map(Number);
  const [major = 0, minor = 0] = line(broker);
  const tools = versions.filter((version) => version !== "5.5.1");
  const fits = (version: Version) => {
    const [own = 0, ownMinor = 0] = line(version);
    return own < major || (own === major && ownMinor <= minor);
  };
  return tools.find(fits) ?? "4.9.7";
}

async function versionOf(request: JudgeRequest, clusterName: string): Promise<Version> {
  if (request.version !== undefined) return request.version;
  const oracle = await startOracle({ ...request, version: "5.5.0" });
  try {
    const [master] = await mastersOf(oracle, clusterName);
    if (master === undefined) throw new Error(`the name servers list no master of ${clusterName}`);
    const { table } = await oracle.ask("fetchBrokerRuntimeStats", [master.addr]);
    return toolsFor((table.get("brokerVersionDesc") ?? "").replace(/^V/, "").replaceAll("_", "."));
  } finally {
    await oracle.stop();
  }
}

/** Judges a running console on any cluster, prints what was compared, and says whether nothing differs. Changes nothing. */
export async function judgeConsole(request: JudgeRequest, print: (line: string) => void): Promise<boolean> {
  const api = await signIn(request.console, request.user);
  const { id, clusterName, proxyRemotingAddrs } = await instanceOf(api, request);
  if (clusterName === null) throw new Error("the console has not seen this cluster yet");
  const version = await versionOf(request, clusterName);
  const oracle = await startOracle({ ...request, version });
  try {
    const judge = new Judge({ oracle, api, instanceId: id, version });
    await judgeReads(judge, await readScene(oracle, clusterName, proxyRemotingAddrs), DEPTH);
    const table = judge.table();
    const differences = table.flatMap((tally) => tally.differences);
    print(`Console ${request.console}, cluster ${clusterName}, tools ${version}\n\n${tableText(table)}`);
    if (judge.met().size > 0) print(`\nKnown differences:\n${metText(judge.met())}`);
    for (const difference of differences.slice(0, DIFFERENCES_SHOWN)) print(differenceText(difference));
    if (differences.length > DIFFERENCES_SHOWN) print(`and ${differences.length - DIFFERENCES_SHOWN} more`);
    return differences.length === 0;
  } finally {
    await oracle.stop();
  }
}
