import { none, useFormat } from "../../lib/format.ts";

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** How long something took; parts of a millisecond say something of short ones only. */
export function useMs(): (value: number | undefined) => string {
  const format = useFormat();
  return (value) => {
    if (value === undefined) return none;
    return value < 10 ? `${format.number(value)} ms` : format.duration(value);
  };
}
