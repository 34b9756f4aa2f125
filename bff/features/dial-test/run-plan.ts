import type { Limit, LoadPlan, LoadTest, RoundTripPlan, RoundTripTest } from "#contract/dial-run.ts";
import type { ProducePlan, ProduceTest } from "#contract/dial-test.ts";
import { LOAD_QUEUES_MAX, ROUND_TRIP_QUEUES_MAX } from "#contract/rules/limits.ts";
import { DLQ_PREFIX, RETRY_PREFIX } from "#contract/rules/names.ts";
import type { Config } from "../../base/config.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { onlineClients } from "../../cluster/group-connections.ts";
import { allGroupConfigs, connectionsByServer } from "../../rocketmq/admin/group-admin.ts";
import { publishQueues } from "../../rocketmq/client/publish-queues.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { Target } from "../../rocketmq/cluster/fan-out.ts";
import { brokersOf, produceLimit, readLimits, sizeLimit } from "./limits.ts";
import { madeQueues } from "./made.ts";
import { bodyBytes, planProduce, type Looking } from "./produce-plan.ts";

const MB = 1024 * 1024;
const HUGE_BYTES = 1024 * MB;

/** The plan of a produce test with what the brokers take: a message that is beyond is refused before it is sent. */
export async function planProduceWithin(
  cluster: RocketMQCluster,
  test: ProduceTest,
  looking: Looking,
): Promise<ProducePlan> {
  const plan = await planProduce(cluster, test, looking);
  if (plan.queues === 0) return { ...plan, limit: null };
  const limits = await readLimits(cluster, brokersOf(await publishQueues(cluster, test.topic)));
  const limit = produceLimit(limits, test, plan.messageType === "DELAY", bodyBytes(test));
  const failures = failuresOf(plan.failures, limits.failures);
  return { ...plan, blocked: limit === null ? plan.blocked : "LIMIT_EXCEEDED", limit, failures };
}

type BasePlan = Omit<RoundTripPlan, "totalBytes">;

/** Where the messages of a run go: to a topic that there is, with whoever consumes it, or to a new one that nobody knows. */
async function basePlan(
  cluster: RocketMQCluster,
  config: Config,
  test: Omit<RoundTripTest | LoadTest, "receiver">,
  looking: Looking,
): Promise<BasePlan> {
  const { topic, sizeKb, instanceId, despiteConsumers } = test;
  if (topic === undefined) return planOfNew(cluster, config, test);
  const isOfGroup = topic.startsWith(RETRY_PREFIX) || topic.startsWith(DLQ_PREFIX);
  const asked: ProduceTest = {
    instanceId,
    topic,
    sizeKb,
    despiteConsumers,
    count: 1,
    messageType: "NORMAL",
    outcome: "commit",
  };
  const { totalBytes: _, messageType: __, ...plan } = await planProduceWithin(cluster, asked, looking);
  // An ordered topic is sent to in order: queue by queue, one after the other.
  const warnings = plan.warnings.filter(({ key }) => key !== "otherType" || plan.topicType !== "FIFO");
  // Thousands of messages of a run would be a group's retries, or hide its dead letters.
  const blocked = isOfGroup && plan.blocked !== "TOPIC_NOT_EXIST" ? "SYSTEM_RESOURCE" : plan.blocked;
  return { ...plan, warnings, blocked, limit: blocked === plan.blocked ? plan.limit : null };
}

async function planOfNew(
  cluster: RocketMQCluster,
  config: Config,
  { brokers, sizeKb }: { brokers?: readonly string[]; sizeKb: number },
): Promise<BasePlan> {
  const { targets, failures } = await cluster.masters({ fresh: true, listedOnly: true });
  const chosen: Target[] = targets.filter(({ brokerName }) => brokers?.includes(brokerName) ?? true);
  const limits = await readLimits(cluster, chosen);
  const limit = sizeLimit(limits, sizeKb * 1024);
  const isThere = chosen.length > 0 && chosen.length === (brokers?.length ?? chosen.length);
  return {
    topicType: null,
    queues: chosen.length * madeQueues(config),
    brokers: chosen.map(({ name }) => name),
    consumers: [],
    warnings: [],
    blocked: !isThere ? "NO_MASTER" : limit === null ? null : "LIMIT_EXCEEDED",
    limit,
    failures: failuresOf(failures, limits.failures),
  };
}

const within = (plan: BasePlan, most: number): BasePlan =>
  plan.queues <= most
    ? plan
    : {
        ...plan,
        queues: most,
        warnings: [...plan.warnings, { key: "someQueues", params: { most, all: plan.queues } }],
      };

/** What a round trip would do, and to whom. */
export async function planRoundTrip(
  cluster: RocketMQCluster,
  config: Config,
  test: RoundTripTest,
  looking: Looking,
): Promise<RoundTripPlan> {
  const base = within(await basePlan(cluster, config, test, looking), Math.min(ROUND_TRIP_QUEUES_MAX, test.count));
  const plan = { ...base, totalBytes: test.count * test.sizeKb * 1024 };
  // Fewer messages than queues is nothing to warn of.
  plan.warnings = plan.warnings.filter(({ key, params }) => key !== "someQueues" || params["most"] !== test.count);
  const { group } = test;
  if (group === undefined || (plan.blocked !== null && plan.blocked !== "STILL_IN_USE")) return plan;
  const [configs, online] = await Promise.all([
    allGroupConfigs(cluster),
    test.commit ? connectionsByServer(cluster, group, looking.proxies) : { items: [], failures: [] },
  ]);
  const failures = failuresOf(plan.failures, configs.failures, online.failures);
  const isKnown = configs.items.some(({ value }) => value.has(group)) || configs.failures.length > 0;
  if (!isKnown) return { ...plan, failures, blocked: "SUBSCRIPTION_GROUP_NOT_EXIST" };
  if (onlineClients(online).length > 0) return { ...plan, failures, blocked: "CLIENTS_MUST_STOP" };
  // A commit under the feet of clients that nobody sees may take messages from them.
  if (test.commit && online.failures.length > 0) return { ...plan, failures, blocked: "USE_UNKNOWN" };
  return { ...plan, failures };
}

/** What a load test may send a second: as asked for and as the console allows. */
export function loadPace(config: Config, test: Pick<LoadTest, "rate" | "sizeKb">) {
  const caps = {
    seconds: config.loadMaxSeconds,
    rate: config.loadMaxRate,
    bytesPerSecond: config.loadMaxMbPerSecond * MB,
  };
  const bytes = test.sizeKb * 1024;
  const most = Math.max(1, Math.min(caps.rate, Math.floor(caps.bytesPerSecond / bytes)));
  return { caps, most, messagesPerSecond: Math.min(test.rate ?? most, most) };
}

function capOf(config: Config, { rate, seconds, sizeKb }: LoadTest): Limit | null {
  const { caps, most } = loadPace(config, { sizeKb });
  const mb = ((rate ?? 1) * sizeKb) / 1024;
  const broken = { broker: null };
  if (seconds > caps.seconds) return { setting: "loadMaxSeconds", limit: caps.seconds, asked: seconds, ...broken };
  if (rate !== undefined && rate > caps.rate)
    return { setting: "loadMaxRate", limit: caps.rate, asked: rate, ...broken };
  if (rate !== undefined && rate > most)
    return { setting: "loadMaxMbPerSecond", limit: config.loadMaxMbPerSecond, asked: Math.ceil(mb), ...broken };
  return null;
}

/** What a load test would do at most, and to whom. */
export async function planLoad(
  cluster: RocketMQCluster,
  config: Config,
  test: LoadTest,
  looking: Looking,
): Promise<LoadPlan> {
  const base = within(await basePlan(cluster, config, test, looking), LOAD_QUEUES_MAX);
  const { caps, messagesPerSecond } = loadPace(config, test);
  const bytesPerSecond = messagesPerSecond * test.sizeKb * 1024;
  const totalBytes = bytesPerSecond * Math.min(test.seconds, caps.seconds);
  const warnings = [...base.warnings];
  if (totalBytes > HUGE_BYTES) warnings.push({ key: "fillsDisk", params: { bytes: totalBytes } });
  const cap = capOf(config, test);
  const { blocked, limit } = cap === null ? base : { blocked: "LIMIT_EXCEEDED" as const, limit: cap };
  return { ...base, warnings, blocked, limit, messagesPerSecond, bytesPerSecond, totalBytes, caps };
}
