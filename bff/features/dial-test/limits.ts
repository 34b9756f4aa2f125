import type { Limit, Limits } from "#contract/dial-run.ts";
import type { ProduceTest } from "#contract/dial-test.ts";
import { failuresOf } from "../../cluster/failures.ts";
import { levelsMs } from "../../rocketmq/admin/timed-messages.ts";
import type { PublishQueue } from "../../rocketmq/client/publish-queues.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { Target } from "../../rocketmq/cluster/fan-out.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";

/** What one broker takes, by its own configuration; undefined is not known. */
interface BrokerLimits {
  maxMessageSize?: number;
  delayLevels?: (number | null)[];
  timers?: boolean;
  timerMaxDelaySec?: number;
}

function figure(config: ReadonlyMap<string, string>, key: string): number | undefined {
  const value = Number(config.get(key) ?? NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Brokers before 5.0 have levels and no setting of timers, since they have no timers. */
export function brokerLimits(config: ReadonlyMap<string, string>): BrokerLimits {
  const levels = levelsMs(config.get("messageDelayLevel")).map((ms) => (Number.isFinite(ms) ? ms : null));
  const switched = config.get("timerWheelEnable");
  const timers = switched === undefined ? (levels.length === 0 ? undefined : false) : switched === "true";
  return {
    maxMessageSize: figure(config, "maxMessageSize"),
    delayLevels: levels.length === 0 ? undefined : levels,
    timers,
    timerMaxDelaySec: timers === true ? figure(config, "timerMaxDelaySec") : undefined,
  };
}

type Told = { broker: string; limits: BrokerLimits }[];

function least(told: Told, of: (limits: BrokerLimits) => number | undefined) {
  const known = told.flatMap(({ broker, limits }) => {
    const value = of(limits);
    return value === undefined ? [] : [{ value, broker }];
  });
  return known.reduce<{ value: number; broker: string } | null>(
    (found, one) => (found === null || one.value < found.value ? one : found),
    null,
  );
}

function fewestLevels(told: Told): Limits["delayLevels"] {
  const known = told.flatMap(({ broker, limits: { delayLevels: ms } }) => (ms === undefined ? [] : [{ ms, broker }]));
  const [first] = known.toSorted((a, b) => a.ms.length - b.ms.length);
  if (first === undefined) return null;
  return { ...first, differ: known.some(({ ms }) => ms.join() !== first.ms.join()) };
}

/** The limits of brokers together: what all of them take. */
export function limitsOfAll(told: Told, unread: number): Omit<Limits, "failures"> {
  const without = told.some(({ limits }) => limits.timers === false);
  const all = told.length > 0 && unread === 0 && told.every(({ limits }) => limits.timers === true);
  return {
    maxMessageSize: least(told, ({ maxMessageSize }) => maxMessageSize),
    delayLevels: fewestLevels(told),
    timers: without ? false : all ? true : null,
    timerMaxDelaySec: least(told, ({ timerMaxDelaySec }) => timerMaxDelaySec),
  };
}

/** What brokers say that they take. Of their configuration nothing else leaves here: it holds passwords. */
export async function readLimits(cluster: RocketMQCluster, brokers: readonly Target[]): Promise<Limits> {
  const { items, failures } = await cluster.fanOut(brokers, async ({ addr }) =>
    brokerLimits(await cluster.call(brokerRpc.getBrokerConfig, addr, {})),
  );
  const told = items.map(({ target, value }) => ({ broker: target.name, limits: value }));
  return { ...limitsOfAll(told, failures.length), failures: failuresOf(failures) };
}

/** The masters that queues lie on, each once. */
export const brokersOf = (queues: readonly PublishQueue[]): Target[] => [
  ...new Map(queues.map(({ brokerName: name, address: addr }) => [name, { name, addr }])).values(),
];

/** A body that is larger than a broker takes. Bodies count as they are before they are compressed. */
export function sizeLimit({ maxMessageSize }: Pick<Limits, "maxMessageSize">, asked: number): Limit | null {
  if (maxMessageSize === null || asked <= maxMessageSize.value) return null;
  return { setting: "maxMessageSize", broker: maxMessageSize.broker, limit: maxMessageSize.value, asked };
}

/** A delay that a broker does not take: of a level beyond its last one it would make its last one. */
function delayLimit(limits: Limits, { delayLevel, delaySeconds }: ProduceTest): Limit | null {
  const { delayLevels, timerMaxDelaySec } = limits;
  if (delayLevel !== undefined && delayLevels !== null && delayLevel > delayLevels.ms.length) {
    const { broker, ms } = delayLevels;
    return { setting: "messageDelayLevel", broker, limit: ms.length, asked: delayLevel };
  }
  if (delaySeconds === undefined || timerMaxDelaySec === null || delaySeconds <= timerMaxDelaySec.value) return null;
  const { broker, value } = timerMaxDelaySec;
  return { setting: "timerMaxDelaySec", broker, limit: value, asked: delaySeconds };
}

/** The first limit that messages of a produce test are beyond. */
export function produceLimit(limits: Limits, test: ProduceTest, isDelayed: boolean, bytes: number): Limit | null {
  return sizeLimit(limits, bytes) ?? (isDelayed ? delayLimit(limits, test) : null);
}
