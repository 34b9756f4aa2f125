import type { SandboxCluster } from "../../cluster.ts";
import { has5x } from "../../jars.ts";
import { progressOf } from "../comparisons/groups.ts";
import type { Argument, Oracle } from "../oracle.ts";
import type { MasterAddr } from "../scene.ts";
import type { Clients, Consumer, ConsumerPlan } from "./clients.ts";
import { until } from "./until.ts";

const RETRY_POLICIES: Record<string, Argument> = {
  "g-exponential": { type: "EXPONENTIAL", exponentialRetryPolicy: { initial: 2000, max: 60_000, multiplier: 3 } },
  "g-custom": { type: "CUSTOMIZED", customizedRetryPolicy: { next: [1000, 5000, 86_400_000] } },
};

/** Settings by group, as far as they are not RocketMQ's defaults. */
const GROUPS: Record<string, Record<string, Argument>> = {
  "g-normal": {},
  "g-tags": {},
  "g-orderly": {},
  "g-broadcast": {},
  "g-retry": { retryMaxTimes: 1 },
  "g-behind": {},
  "g-ahead": {},
  "g-ghost": {},
  "g-held": {},
  "g-fresh": {},
  "g-unused": { retryMaxTimes: 3 },
  "g-disabled": { consumeEnable: false, consumeBroadcastEnable: false },
  // RocketMQ's own only by its look.
  CID_ONSAPI_mine: {},
};

async function makeGroups(oracle: Oracle, masters: readonly MasterAddr[]): Promise<void> {
  const groups = { ...GROUPS };
  if (has5x(oracle.version)) {
    for (const [group, groupRetryPolicy] of Object.entries(RETRY_POLICIES)) groups[group] = { groupRetryPolicy };
    groups["g-orderly"] = { consumeMessageOrderly: true };
    groups["g-pop"] = {};
    groups["g-grpc"] = {};
  }
  for (const [groupName, settings] of Object.entries(groups)) {
    for (const { addr } of masters) {
      await oracle.ask("createAndUpdateSubscriptionGroupConfig", [addr, { groupName, ...settings }]);
    }
  }
}

/** Groups with clients online. Offsets are stored twice a second, so that they stand still soon. */
const ONLINE: ConsumerPlan[] = [
  { group: "g-normal", topics: { "t-normal": "*", "t-one-broker": "*" } },
  { group: "g-tags", topics: { "t-normal": "EVEN || TAG", "t-keys": "*" } },
  { group: "g-tags", topics: { "t-normal": "ODD", "t-keys": "*" } },
  { group: "g-orderly", topics: { "t-orderly": "*" }, listener: "Orderly" },
  { group: "g-broadcast", topics: { "t-broadcast": "*" }, properties: { messageModel: "BROADCASTING" } },
  { group: "g-retry", topics: { "t-retry": "*" }, properties: { maxReconsumeTimes: 1 } },
  { group: "g-held", topics: { "t-held": "*" } },
  { group: "g-fresh", topics: { "t-empty": "*" } },
];

/** Offsets that nobody online has. */
async function commitOffsets(oracle: Oracle, masters: readonly MasterAddr[]): Promise<void> {
  for (const { brokerName, addr } of masters) {
    const commit = (group: string, topic: string, queueId: number, offset: number) =>
      oracle.ask("updateConsumeOffset", [addr, group, { topic, brokerName, queueId }, offset]);
    await commit("g-behind", "t-behind", 0, 1);
    await commit("g-behind", "t-behind", 1, 0);
    await commit("g-behind", "t-ghost", 0, 1);
    await commit("g-ahead", "t-behind", 0, 4000);
    await commit("g-ghost", "t-behind", 0, 1);
  }
}

type Place = Pick<SandboxCluster, "clusterName" | "namesrvAddrs">;

/** A topic and a group that are gone while offsets of them are left. */
async function deleteGhosts(
  oracle: Oracle,
  masters: readonly MasterAddr[],
  { clusterName, namesrvAddrs }: Place,
): Promise<void> {
  const addrs = masters.map(({ addr }) => addr);
  await oracle.ask("deleteTopicInBroker", [addrs, "t-ghost"]);
  await oracle.ask("deleteTopicInNameServer", [[...namesrvAddrs], clusterName, "t-ghost"]);
  for (const addr of addrs) await oracle.ask("deleteSubscriptionGroup", [addr, "g-ghost"]);
}

const lagOf = async (oracle: Oracle, masters: readonly MasterAddr[], group: string): Promise<bigint | undefined> => {
  const offsets = await progressOf(oracle, masters, group, null);
  if (offsets.length === 0) return undefined;
  return offsets.reduce((sum, [, offset]) => sum + BigInt(offset.brokerOffset) - BigInt(offset.consumerOffset), 0n);
};

export const untilConsumed = (oracle: Oracle, masters: readonly MasterAddr[], group: string): Promise<void> =>
  until(`${group} has consumed everything`, async () => (await lagOf(oracle, masters, group)) === 0n);

/** Groups of every kind that consumers can make, and settled: what can be consumed is, and nothing moves any more. */
export async function consume(
  clients: Clients,
  oracle: Oracle,
  masters: readonly MasterAddr[],
  place: Place,
): Promise<Consumer[]> {
  await makeGroups(oracle, masters);
  if (has5x(oracle.version)) {
    for (const { addr } of masters) {
      await oracle.ask("setMessageRequestMode", [addr, "t-pop", "g-pop", "POP", 0, 5000]);
    }
  }
  const pop: ConsumerPlan[] = has5x(oracle.version)
    ? [{ group: "g-pop", topics: { "t-pop": "*" }, properties: { clientRebalance: false } }]
    : [];
  const consumers: Consumer[] = [];
  for (const plan of [...ONLINE, ...pop]) {
    const properties = { persistConsumerOffsetInterval: 500, ...plan.properties };
    consumers.push(await clients.consumer({ ...plan, properties }));
  }
  await commitOffsets(oracle, masters);
  await deleteGhosts(oracle, masters, place);
  for (const group of ["g-normal", "g-orderly", "g-retry", ...pop.map(({ group }) => group)]) {
    await untilConsumed(oracle, masters, group);
  }
  await until("what failed for good is in the dead letter topic", async () => {
    const { offsetTable } = await oracle.ask("examineTopicStats", ["%DLQ%g-retry"]).catch(() => ({ offsetTable: [] }));
    return offsetTable.reduce((sum, [, { maxOffset }]) => sum + Number(maxOffset), 0) === FAILING;
  });
  return consumers;
}

/** How many messages are sent that g-retry fails on. */
export const FAILING = 3;
