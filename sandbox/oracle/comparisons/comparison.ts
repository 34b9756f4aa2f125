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

export type { Sides };
