import { DELAY_LEVELS } from "#contract/rules/delay.ts";
import { levelsMs } from "../../../rocketmq/admin/timed-messages.ts";
import type { RocketMQCluster } from "../../../rocketmq/cluster/cluster.ts";
import { asRocketMQError } from "../../../rocketmq/errors.ts";
import { brokerRpc } from "../../../rocketmq/rpc/broker.ts";

const count = (text: string | undefined): number | null => {
  const value = Number(text);
  return text !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null;
};

const flag = (text: string | undefined): boolean | null => (text === undefined ? null : text === "true");

/** `timerMaxDelaySec` of brokers that do not tell it. Source: MessageStoreConfig.java. */
const LONGEST_SEC = 3 * 86_400;

/** What a broker's settings say of messages that wait; null where it does not tell them, or has no such setting. */
export interface WaitSettings {
  /** In ms, from level 1. */
  delays: readonly number[];
  /** How long a timed message may wait. */
  longestMs: number;
  checkMax: number | null;
  checkEveryMs: number | null;
  /** How old a half message is before it is asked about. */
  checkAfterMs: number | null;
  rocksdb: boolean | null;
  recallOn: boolean | null;
  keptHours: number | null;
}

/** The settings of one master; one that refuses to tell them is taken for one without. */
export async function waitSettings(
  cluster: RocketMQCluster,
  addr: string,
  signal?: AbortSignal,
): Promise<WaitSettings> {
  const config = await cluster.call(brokerRpc.getBrokerConfig, addr, {}, { signal }).catch((error: unknown) => {
    if (asRocketMQError(error).responseCode === undefined) throw error;
    return new Map<string, string>();
  });
  return {
    delays: levelsMs(config.get("messageDelayLevel") ?? DELAY_LEVELS.join(" ")),
    longestMs: (count(config.get("timerMaxDelaySec")) ?? LONGEST_SEC) * 1000,
    checkMax: count(config.get("transactionCheckMax")),
    checkEveryMs: count(config.get("transactionCheckInterval")),
    checkAfterMs: count(config.get("transactionTimeOut")),
    rocksdb: config.size === 0 ? null : config.get("transRocksDBEnable") === "true",
    recallOn: flag(config.get("recallMessageEnable")),
    keptHours: count(config.get("fileReservedTime")),
  };
}
