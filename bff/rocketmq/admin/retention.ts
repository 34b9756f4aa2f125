/** Hours that a broker keeps messages at least, while its disk has room. Source: MessageStoreConfig.java. */
export const RETENTION_KEY = "fileReservedTime";

/** Of a broker's configuration; null where it does not say. */
export function retentionHoursOf(config: ReadonlyMap<string, string>): number | null {
  const hours = config.get(RETENTION_KEY) ?? "";
  return /^-?\d{1,9}$/.test(hours) ? Number(hours) : null;
}
