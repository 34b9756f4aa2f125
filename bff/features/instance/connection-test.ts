import type { ConnectionReport } from "#contract/instance.ts";
import { failureOf } from "../../problem.ts";
import type { BrokerTarget, RocketMQCluster } from "../../rocketmq/admin/cluster.ts";
import { asRocketMQError, RocketMQError } from "../../rocketmq/errors.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";
import { namesrvRpc, type ClusterInfo } from "../../rocketmq/rpc/namesrv.ts";
import { versionName } from "../../metrics/runtime.ts";

type Step = ConnectionReport["steps"][number];
type Broker = ConnectionReport["brokers"][number];

const UNREACHABLE = new Set(["CONNECT_REFUSED", "CONNECT_FAILED", "REQUEST_TIMEOUT"]);

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value?: T; error?: RocketMQError }> {
  const startedAt = performance.now();
  const ms = () => Math.round(performance.now() - startedAt);
  try {
    const value = await work();
    return { value, ms: ms() };
  } catch (error) {
    return { error: asRocketMQError(error), ms: ms() };
  }
}

function failed(step: Step["step"], target: string, error: RocketMQError, ms: number): Step {
  const { code, remark } = failureOf(target, error);
  return {
    step: code === "SIGNATURE_FAILED" ? "signature" : step,
    target,
    ok: false,
    code,
    detail: remark ?? error.message,
    ms,
  };
}

async function testNamesrvs(cluster: RocketMQCluster): Promise<{ steps: Step[]; info?: ClusterInfo }> {
  const answers = await Promise.all(
    cluster.namesrvAddrs.map(async (addr) => ({
      addr,
      ...(await timed(() => cluster.call(namesrvRpc.getBrokerClusterInfo, addr, {}))),
    })),
  );
  const steps = answers.map(({ addr, error, ms }): Step =>
    error === undefined ? { step: "namesrv", target: addr, ok: true, ms } : failed("namesrv", addr, error, ms),
  );
  // A name server that just started knows no broker yet: the one that knows most is believed.
  const infos = answers.flatMap(({ value }) => value ?? []);
  infos.sort((a, b) => b.brokerAddrTable.size - a.brokerAddrTable.size);
  return { steps, info: infos[0] };
}

function chooseCluster(clusters: readonly string[], wanted: string | undefined): { name: string | null; step: Step } {
  const name = wanted ?? (clusters.length === 1 ? clusters[0] : undefined);
  const base = { step: "cluster" as const, ms: 0 };
  if (name !== undefined && clusters.includes(name)) return { name, step: { ...base, target: name, ok: true } };
  if (clusters.length > 1 && wanted === undefined) {
    return { name: null, step: { ...base, target: clusters.join(", "), ok: false, detail: "chooseCluster" } };
  }
  return { name: null, step: { ...base, target: wanted ?? "", ok: false, code: "NO_CLUSTER" } };
}

async function testBroker(cluster: RocketMQCluster, target: BrokerTarget): Promise<{ broker: Broker; step: Step }> {
  const { addr, brokerName, brokerId, role, name } = target;
  const { value, error, ms } = await timed(() => cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}));
  const version = versionName(value?.table.get("brokerVersionDesc"));
  const reachable = error === undefined || !UNREACHABLE.has(error.code);
  const broker = { brokerName, brokerId: String(brokerId), role, addr, version, reachable };
  if (error === undefined) return { broker, step: { step: "broker", target: `${name} ${addr}`, ok: true, ms } };
  const cause = reachable
    ? error
    : new RocketMQError("ADVERTISED_ADDRESS_UNREACHABLE", error.message, { address: addr, cause: error });
  return { broker, step: failed("broker", `${name} ${addr}`, cause, ms) };
}

/** Which access control a broker runs, by its configuration; `unknown` where it may not be read. */
async function detectAcl(cluster: RocketMQCluster, brokers: readonly Broker[]): Promise<ConnectionReport["acl"]> {
  const asked = brokers.find(({ reachable, role }) => reachable && role === "master");
  if (asked === undefined) return "unknown";
  const { value } = await timed(() => cluster.call(brokerRpc.getBrokerConfig, asked.addr, {}));
  if (value === undefined) return "unknown";
  if (value.get("authenticationEnabled") === "true" || value.get("authorizationEnabled") === "true") return "2.0";
  return value.get("aclEnable") === "true" ? "1.0" : "off";
}

/** Tries each step to a cluster. `ok`: it can be used, though parts of it may have failed. */
export async function testConnection(cluster: RocketMQCluster): Promise<ConnectionReport> {
  const { steps, info } = await testNamesrvs(cluster);
  const report = { ok: false, clusters: [], clusterName: null, brokers: [], acl: "unknown" as const, steps };
  if (info === undefined) return report;
  const clusters = [...info.clusterAddrTable.keys()].sort();
  const chosen = chooseCluster(clusters, cluster.clusterName);
  steps.push(chosen.step);
  if (chosen.name === null) return { ...report, clusters };
  const replicas = await cluster.replicas().catch(() => []);
  const inCluster = replicas.filter((replica) => replica.cluster === chosen.name);
  const tried = await Promise.all(inCluster.map((target) => testBroker(cluster, target)));
  steps.push(...tried.map(({ step }) => step));
  const brokers = tried.map(({ broker }) => broker);
  const acl = await detectAcl(cluster, brokers);
  const answered = tried.filter(({ step }) => step.ok);
  const ok = answered.some(({ broker }) => broker.role === "master");
  return { ok, clusters, clusterName: chosen.name, brokers, acl, steps };
}
