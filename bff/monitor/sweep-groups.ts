import { addQueue, noBacklog, type BacklogSums } from "../cluster/backlog.ts";
import { beginsAt, groupOffsetsOf, statsOfSubscribed } from "../rocketmq/admin/group-offsets.ts";
import { asRocketMQError, RocketMQError } from "../rocketmq/errors.ts";
import { groupTable } from "../rocketmq/admin/group-admin.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { roomForTables } from "../rocketmq/cluster/tables-of-masters.ts";
import type { BrokerTarget } from "../rocketmq/cluster/targets.ts";
import { groupRpc, type ConsumeStats } from "../rocketmq/rpc/group.ts";
import { offsetRpc } from "../rocketmq/rpc/offset.ts";
import { callEach } from "./call-each.ts";
import { Unread } from "./unread.ts";
import type { Pace } from "./pace.ts";
import { isOfListed, type Snapshot } from "./snapshot.ts";

/** Sums over the queues of a group on all masters, its retry topics included. */
export interface GroupStats extends BacklogSums {
  tps: number;
  topics: ReadonlyMap<string, BacklogSums>;
}

export interface GroupsSnapshot extends Snapshot<GroupStats> {
  /** Groups that the masters keep, of those that told. */
  known: ReadonlySet<string>;
  /** Masters where consuming is switched off, by group. */
  disabledAt: ReadonlyMap<string, readonly string[]>;
  /** Masters that did not tell which groups they keep; the figures are whole without. */
  untold: readonly FanOutFailure[];
}

type Sums = Map<string, GroupStats & { topics: Map<string, BacklogSums> }>;

/** Offsets that groups committed at a master, by group, topic and queue. */
type Committed = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, bigint>>>;

const newGroupStats = () => ({ ...noBacklog(), tps: 0, topics: new Map<string, BacklogSums>() });

/** Sums of one broker are added to those of the others. */
export function addConsumeStats(
  sums: Sums,
  group: string,
  { consumeTps, queues }: { consumeTps: number; queues: ReturnType<typeof groupOffsetsOf> },
): void {
  const sum = sums.get(group) ?? newGroupStats();
  sums.set(group, sum);
  sum.tps += consumeTps;
  for (const queue of queues) {
    addQueue(sum, queue);
    const ofTopic = sum.topics.get(queue.topic) ?? noBacklog();
    sum.topics.set(queue.topic, ofTopic);
    addQueue(ofTopic, queue);
  }
}

/**
 * Asked for a group without a topic, a broker scans the offsets of all groups for those of this one (`whichTopicByConsumer`):
 * asking topic by topic costs less once it keeps so many for each call.
 */
const OFFSETS_PER_CALL = 400;

/** What groups committed at a master, from one code 43. */
async function committedAt(
  cluster: RocketMQCluster,
  addr: string,
  fitting: ReturnType<typeof roomForTables>,
): Promise<Committed> {
  const { offsetTable } = await cluster.call(offsetRpc.getAllConsumerOffset, addr, {});
  fitting(addr, offsetTable);
  const byGroup = new Map<string, Map<string, ReadonlyMap<number, bigint>>>();
  for (const [key, queues] of offsetTable) {
    const at = key.indexOf("@");
    const group = key.slice(at + 1);
    // No name of a group has it: a proxy keeps where broadcasting clients are under `group@broadcast`.
    if (group.includes("@")) continue;
    const topics = byGroup.get(group) ?? new Map<string, ReadonlyMap<number, bigint>>();
    byGroup.set(group, topics);
    topics.set(key.slice(0, at), queues);
  }
  return byGroup;
}

interface StatsCall {
  consumerGroup: string;
  topic?: string;
}

type Topics = ReadonlyMap<string, ReadonlySet<string>>;

/** The calls of code 208 that read every group at a master. */
export function consumeStatsCalls(byGroup: ReadonlyMap<string, readonly string[]>): StatsCall[] {
  let offsets = 0;
  for (const topics of byGroup.values()) offsets += topics.length;
  return [...byGroup].flatMap(([consumerGroup, topics]): StatsCall[] =>
    topics.length === 1 || topics.length * OFFSETS_PER_CALL <= offsets
      ? topics.map((topic) => ({ consumerGroup, topic }))
      : [{ consumerGroup }],
  );
}

/** A master before its groups are read one by one. */
interface Tables {
  committed: Committed;
  /** Undefined where it did not tell. */
  groups: ReadonlySet<string> | undefined;
  /** Why not. */
  error?: RocketMQError;
  disabled: readonly string[];
}

async function tablesOf(
  cluster: RocketMQCluster,
  addr: string,
  fitting: ReturnType<typeof roomForTables>,
): Promise<Tables> {
  const [committed, table] = await Promise.all([
    committedAt(cluster, addr, fitting),
    groupTable(cluster, addr).catch((error: unknown) => asRocketMQError(error, addr)),
  ]);
  if (table instanceof RocketMQError) return { committed, groups: undefined, error: table, disabled: [] };
  const disabled = [...table].flatMap(([group, { config }]) => (config.consumeEnable ? [] : [group]));
  return { committed, groups: new Set(table.keys()), disabled };
}

/** Topics that each of some groups consumes: wherever it has an offset of them, or its clients subscribe to them. */
function topicsOfGroups(
  tables: readonly Tables[],
  groups: { has: (name: string) => boolean },
  subscribed: Topics,
): Topics {
  const all = new Map<string, Set<string>>();
  for (const [group, topics] of subscribed) if (groups.has(group)) all.set(group, new Set(topics));
  // Of one master alone, all that it has offsets of was asked for.
  for (const { committed } of tables.length < 2 ? [] : tables)
    for (const [group, topics] of committed) {
      if (!groups.has(group)) continue;
      const known = all.get(group) ?? new Set();
      all.set(group, known);
      for (const topic of topics.keys()) known.add(topic);
    }
  return all;
}

interface Context {
  pace: Pace;
  now: () => number;
  /** Topics that a master has, as far as is known: elsewhere it is asked for all. */
  topicsAt?: (brokerName: string) => ReadonlySet<string> | undefined;
  /** What clients online subscribe to by their own words and the brokers', by group; none of those that broadcast. */
  subscribed?: Topics;
}

/** Topics that groups have offsets of at other masters, or only subscribe to: what of them lies here nobody has begun. */
function* notBegun(
  committed: Committed,
  consumed: Topics,
  here: ReadonlySet<string> | undefined,
): Generator<StatsCall> {
  for (const [consumerGroup, topics] of consumed) {
    const own = committed.get(consumerGroup);
    for (const topic of topics)
      if (own?.has(topic) !== true && here?.has(topic) !== false) yield { consumerGroup, topic };
  }
}

/** One master's answer with what it does not tell: which queues have an offset, and where those without one begin. */
async function offsetsIn(
  stats: ConsumeStats,
  group: string,
  committed: Committed,
  begins: (topic: string) => Promise<ReadonlyMap<number, bigint>>,
) {
  const ofGroup = committed.get(group);
  const offsetOf = ({ topic, queueId }: { topic: string; queueId: number }) =>
    ofGroup?.get(topic)?.has(queueId) === true ? 0n : null;
  const never = new Map<string, ReadonlyMap<number, bigint>>();
  for (const [queue, { brokerOffset, consumerOffset }] of stats.offsetTable) {
    if (consumerOffset > 0n || brokerOffset <= 0n || never.has(queue.topic) || offsetOf(queue) !== null) continue;
    never.set(queue.topic, await begins(queue.topic));
  }
  return groupOffsetsOf(stats, offsetOf, ({ topic, queueId }) => never.get(topic)?.get(queueId) ?? null);
}

/** Reads code 208 of every group that has offsets, on every master; offsets that a deleted group left behind are nobody's. */
export async function sweepGroups(cluster: RocketMQCluster, context: Context): Promise<GroupsSnapshot> {
  const { pace, now, topicsAt, subscribed = new Map<string, ReadonlySet<string>>() } = context;
  const startedAt = now();
  const byName: Sums = new Map();
  const unread = new Unread();
  const fitting = roomForTables();
  let calls = 0;
  const readAll = async ({ addr }: BrokerTarget, { committed }: Tables, asked: readonly StatsCall[]) => {
    const begins = new Map<string, Promise<ReadonlyMap<number, bigint>>>();
    const beginsOf = (topic: string) => {
      const begun = begins.get(topic) ?? beginsAt(cluster, addr, topic);
      begins.set(topic, begun);
      return begun;
    };
    const { left, failed } = await callEach(asked, pace, "SUBSCRIPTION_GROUP_NOT_EXIST", async (header) => {
      const { consumerGroup, topic } = header;
      const stats = await cluster.call(groupRpc.getConsumeStats, addr, header);
      const told = new Set(stats.offsetTable.map(([queue]) => queue.topic));
      const wanted = topic === undefined ? [...(committed.get(consumerGroup)?.keys() ?? [])] : [topic];
      const passedOver = wanted.filter((one) => !told.has(one) && subscribed.get(consumerGroup)?.has(one) === true);
      for (const one of [stats, ...(await statsOfSubscribed(cluster, addr, consumerGroup, passedOver))]) {
        const queues = await offsetsIn(one, consumerGroup, committed, beginsOf);
        addConsumeStats(byName, consumerGroup, { consumeTps: one.consumeTps, queues });
      }
    });
    calls += asked.length + begins.size;
    unread.add(left.map(({ consumerGroup }) => consumerGroup));
    if (failed !== undefined) throw failed;
  };
  const tables = await cluster.onMasters(async (target) => {
    calls += 2;
    const own = await unread.table(target.name, tablesOf(cluster, target.addr, fitting));
    const topics = [...own.committed].map(([group, ofGroup]) => [group, [...ofGroup.keys()]] as const);
    await readAll(target, own, consumeStatsCalls(new Map(topics)));
    return own;
  });
  const told = tables.items.map(({ value }) => value);
  const known = new Set(told.flatMap(({ groups }) => [...(groups ?? [])]));
  // Where a master did not tell its groups, any may be one of them.
  if (isOfListed(tables) && told.every(({ groups }) => groups !== undefined)) {
    for (const name of byName.keys()) if (!known.has(name)) byName.delete(name);
  }
  const disabledAt = new Map<string, string[]>();
  for (const { target, value } of tables.items)
    for (const group of value.disabled) disabledAt.set(group, [...(disabledAt.get(group) ?? []), target.brokerName]);
  const consumed = topicsOfGroups(told, known.size === 0 ? byName : known, subscribed);
  const others = await cluster.fanOut(
    tables.items.map(({ target, value }) => ({ ...target, own: value })),
    ({ own, ...target }) => readAll(target, own, [...notBegun(own.committed, consumed, topicsAt?.(target.brokerName))]),
  );
  const failures = [...tables.failures, ...others.failures];
  const untold = tables.items.flatMap(({ target, value: { error } }) =>
    error === undefined ? [] : [{ target: target.name, error }],
  );
  const isWhole = unread.isWhole(failures);
  return { startedAt, at: now(), calls, byName, known, disabledAt, untold, failures, isWhole };
}
