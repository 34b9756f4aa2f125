import { asRocketMQError, RocketMQError, type RocketMQErrorCode } from "../errors.ts";
import { describedVersion } from "../codec/mq-version.ts";
import { aclGeneration } from "../response-code.ts";
import { brokerRpc } from "../rpc/broker.ts";
import { namesrvRpc, type ClusterInfo } from "../rpc/namesrv.ts";
import type { RocketMQCluster } from "../cluster/cluster.ts";
import { brokerGroup, brokerTarget, type BrokerTarget } from "../cluster/targets.ts";
import type { FanOutFailure } from "../cluster/fan-out.ts";

export type Acl = "off" | "1.0" | "2.0" | "unknown";

/** One thing that was tried; without `code` it went well. */
export interface ConnectionStep {
  step: "namesrv" | "cluster" | "names" | "broker" | "signature";
  /** Address or name that was tried. */
  target: string;
  ok: boolean;
  code?: RocketMQErrorCode;
  detail?: string;
  ms: number;
}

export interface TestedBroker extends BrokerTarget {
  /** As `5.5.0`; null when the broker did not tell. */
  version: string | null;
  reachable: boolean;
}

/** What a connection test found, and exactly why each thing that failed did. */
export interface ConnectionReport {
  /** The cluster is found, at least one of its brokers answers, and none refuses the signature. */
  ok: boolean;
  clusters: string[];
  clusterName: string | null;
  brokers: TestedBroker[];
  acl: Acl;
  steps: ConnectionStep[];
}

interface BrokerFinding {
  broker: TestedBroker;
  acl: Acl;
  steps: ConnectionStep[];
}

/** Brokers tried at the same time: whoever answers as a name server may name any number of addresses. */
const AT_ONCE = 32;
/** How long the whole test may take; what was not reached by then is told so. */
const DEADLINE_MS = 20_000;

const unreachable: readonly RocketMQErrorCode[] = ["CONNECT_REFUSED", "CONNECT_FAILED", "CONNECT_TIMEOUT"];

/** Tries the name servers, then every broker of the chosen cluster at the address it is advertised with. Never throws for what it finds. */
export async function testConnection(cluster: RocketMQCluster, deadlineMs = DEADLINE_MS): Promise<ConnectionReport> {
  const startedAt = performance.now();
  const namesrvs = cluster.namesrvAddrs.map((addr) => ({ name: addr, addr }));
  const looked = await cluster.fanOut(namesrvs, ({ addr }) => askNamesrv(cluster, addr), {
    concurrency: AT_ONCE,
    deadlineMs,
  });
  const steps = [...looked.items.map(({ value }) => value.step), ...notReached("namesrv", looked.failures, deadlineMs)];
  const info = looked.items.find(({ value }) => value.info)?.value.info;
  const clusters = info ? [...info.clusterAddrTable.keys()].sort() : [];
  const report: ConnectionReport = { ok: false, clusters, clusterName: null, brokers: [], acl: "unknown", steps };
  if (!info) return report;
  const chosen = chooseCluster(cluster.clusterName, clusters);
  steps.push(chosen.step);
  report.clusterName = chosen.name;
  if (chosen.name !== null) steps.push(...sharedNames(info, chosen.name));
  const groups = [...info.brokerAddrTable.values()]
    .map(brokerGroup)
    .filter((group) => !chosen.name || group.cluster === chosen.name);
  const targets = groups.flatMap((group) => group.replicas.map((replica) => brokerTarget(group, replica)));
  if (chosen.name !== null && targets.length === 0) steps.push(noBroker(chosen.name));
  const asked = await cluster.fanOut(targets, (target) => askBroker(cluster, target), {
    concurrency: AT_ONCE,
    deadlineMs: Math.max(0, deadlineMs - (performance.now() - startedAt)),
  });
  steps.push(...notReached("broker", asked.failures, deadlineMs));
  const missed = new Set(asked.failures.map(({ target }) => target));
  for (const target of targets) {
    if (missed.has(target.name)) report.brokers.push({ ...target, version: null, reachable: false });
  }
  const findings = asked.items.map(({ value }) => value);
  for (const finding of findings) {
    report.brokers.push(finding.broker);
    steps.push(...finding.steps);
  }
  report.acl =
    findings.find(({ acl }) => acl !== "unknown" && acl !== "off")?.acl ??
    findings.find(({ acl }) => acl === "off")?.acl ??
    "unknown";
  report.ok =
    chosen.name !== null &&
    report.brokers.some((broker) => broker.reachable) &&
    !steps.some((step) => step.step === "signature" && !step.ok);
  return report;
}

/** The test itself fails in no other way than by its deadline. */
const notReached = (step: "namesrv" | "broker", failures: readonly FanOutFailure[], deadlineMs: number) =>
  failures.map(({ target, error }): ConnectionStep => ({
    step,
    target: error.address ?? target,
    ok: false,
    code: error.code,
    ms: deadlineMs,
  }));

/** A name server keeps one set of addresses for a broker name: of two clusters that use it, the last to register is where everything leads. */
function sharedNames({ clusterAddrTable }: ClusterInfo, chosen: string): ConnectionStep[] {
  return [...(clusterAddrTable.get(chosen) ?? [])].flatMap((brokerName): ConnectionStep[] => {
    const others = [...clusterAddrTable].filter(([name, names]) => name !== chosen && [...names].includes(brokerName));
    if (others.length === 0) return [];
    const detail = [chosen, ...others.map(([name]) => name)].sort().join(", ");
    return [{ step: "names", target: brokerName, ok: false, code: "BROKER_NAME_SHARED", detail, ms: 0 }];
  });
}

const noBroker = (clusterName: string): ConnectionStep => ({
  step: "cluster",
  target: clusterName,
  ok: false,
  code: "NO_CLUSTER",
  detail: `No broker of ${clusterName} has an address now`,
  ms: 0,
});

async function askNamesrv(
  cluster: RocketMQCluster,
  addr: string,
): Promise<{ step: ConnectionStep; info?: ClusterInfo }> {
  const startedAt = performance.now();
  try {
    const info = await cluster.call(namesrvRpc.getBrokerClusterInfo, addr, {});
    return { step: passed("namesrv", addr, startedAt), info };
  } catch (error) {
    const step = failed("namesrv", addr, startedAt, asRocketMQError(error, addr));
    // Every name server knows the request, which brokers and proxies do not.
    if (step.code === "REQUEST_CODE_NOT_SUPPORTED") step.code = "NOT_A_NAMESRV";
    if (step.code === "CONNECTION_LOST") step.code = "CLOSED_UNANSWERED";
    return { step };
  }
}

function chooseCluster(wanted: string | undefined, clusters: string[]): { name: string | null; step: ConnectionStep } {
  const name =
    wanted === undefined
      ? clusters.length === 1
        ? clusters[0]
        : undefined
      : clusters.find((known) => known === wanted);
  const target = wanted ?? clusters.join(", ");
  if (name !== undefined) return { name, step: { step: "cluster", target: name, ok: true, ms: 0 } };
  const detail =
    clusters.length === 0
      ? "No broker is registered"
      : wanted === undefined
        ? "Several clusters: choose one"
        : `Known clusters: ${clusters.join(", ")}`;
  return { name: null, step: { step: "cluster", target, ok: false, code: "NO_CLUSTER", detail, ms: 0 } };
}

async function askBroker(cluster: RocketMQCluster, target: BrokerTarget): Promise<BrokerFinding> {
  const startedAt = performance.now();
  const { addr } = target;
  const steps: ConnectionStep[] = [];
  let version: string | null = null;
  try {
    const { table } = await cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {});
    version = describedVersion(table.get("brokerVersionDesc"));
    steps.push(passed("broker", addr, startedAt));
  } catch (cause) {
    const error = asRocketMQError(cause, addr);
    if (isRefusal(error)) return refusal(target, startedAt, error);
    const step = failed("broker", addr, startedAt, error);
    if (unreachable.includes(error.code)) step.code = "ADVERTISED_ADDRESS_UNREACHABLE";
    steps.push(step);
    // A broker that is just starting answers with an error of its own: it is there all the same.
    if (error.responseCode === undefined)
      return { broker: { ...target, version, reachable: false }, acl: "unknown", steps };
  }
  const acl = await readAcl(cluster, addr);
  if (acl !== "off" && acl !== "unknown") steps.push(passed("signature", addr, startedAt));
  return { broker: { ...target, version, reachable: true }, acl, steps };
}

const isRefusal = ({ code }: RocketMQError): boolean => code === "SIGNATURE_FAILED" || code === "NO_PERMISSION";

function refusal(target: BrokerTarget, startedAt: number, error: RocketMQError): BrokerFinding {
  const { addr } = target;
  const acl = (error.responseCode !== undefined && aclGeneration(error.responseCode, error.remark ?? "")) || "unknown";
  const steps = [passed("broker", addr, startedAt), failed("signature", addr, startedAt, error)];
  return { broker: { ...target, version: null, reachable: true }, acl, steps };
}

async function readAcl(cluster: RocketMQCluster, addr: string): Promise<Acl> {
  try {
    const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {});
    if (config.get("aclEnable") === "true") return "1.0";
    return config.get("authenticationEnabled") === "true" ? "2.0" : "off";
  } catch (error) {
    if (!(error instanceof RocketMQError) || error.responseCode === undefined) return "unknown";
    return aclGeneration(error.responseCode, error.remark ?? "") ?? "unknown";
  }
}

const passed = (step: ConnectionStep["step"], target: string, startedAt: number): ConnectionStep => ({
  step,
  target,
  ok: true,
  ms: Math.round(performance.now() - startedAt),
});

const failed = (
  step: ConnectionStep["step"],
  target: string,
  startedAt: number,
  error: RocketMQError,
): ConnectionStep => ({
  ...passed(step, target, startedAt),
  ok: false,
  code: error.code,
  detail: error.remark ?? error.message,
});
