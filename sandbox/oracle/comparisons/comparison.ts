import type { TopicGroup } from "#contract/topic.ts";
import type { Judge, Sides } from "../judge.ts";
import type { Scene } from "../scene.ts";

/** Compares what belongs together, on a cluster of which the scene says what there is; reads and never writes. */
export type Comparison = (judge: Judge, scene: Scene) => Promise<void>;

const PAGE = 200;

interface Page<T> {
  items: T[];
  total: number;
}

/** Every row of a paged list of the console. */
export async function allPages<T>(read: (page: { page: number; pageSize: number }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let page = 1; ; page += 1) {
    const part = await read({ page, pageSize: PAGE });
    items.push(...part.items);
    if (part.items.length === 0 || items.length >= part.total) return items;
  }
}

/** A Java time: the console shows none where the broker has 0 or less. */
export const timeOrNone = (time: string): number | null => (Number(time) > 0 ? Number(time) : null);

export const totalOf = (longs: readonly string[]): string =>
  longs.reduce((sum, long) => sum + BigInt(long), 0n).toString();

/** A sum of what the console shows; null where one of them is not known, which the tool's 0 must not be taken for. */
export const sumShown = (longs: readonly (string | null)[]): string | null => {
  const known = longs.filter((long) => long !== null);
  return known.length === longs.length ? totalOf(known) : null;
};

/** What waits, which is one figure to the tool: a group has no lag only where the console tells why, and what it never consumed then. */
export const waitingShown = ({
  lag,
  neverConsumed,
  lagUnknown,
}: Pick<TopicGroup, "lag" | "neverConsumed" | "lagUnknown">): string | null =>
  sumShown([lagUnknown === null || lagUnknown === "notRead" ? lag : "0", neverConsumed]);

export type { Sides };
