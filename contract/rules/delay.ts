/** `messageDelayLevel` as brokers have it unless told otherwise, from level 1. Source: MessageStoreConfig.java. */
export const DELAY_LEVELS = "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h".split(" ");

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** How long a message of that level waits; 0 of one that there is not. */
export function delayLevelMs(level: number): number {
  const word = DELAY_LEVELS[level - 1] ?? "";
  return Number.parseInt(word, 10) * (UNIT_MS[word.slice(-1)] ?? 0) || 0;
}
