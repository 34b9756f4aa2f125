/** Names are compared by code unit: RocketMQ's are ASCII, and a collator takes a hundred times as long. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const descending = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1);

/** Whether a text has in it what was typed, in whatever case; every text has nothing. */
export function containing(search = ""): (text: string) => boolean {
  const typed = search.trim().toLowerCase();
  return (text) => text.toLowerCase().includes(typed);
}

/** How things are ordered; null where it is not known. */
export type Rank<T> = (item: T) => number | bigint | null;

/** By rank, unknown ones last in either order, those of one rank as they came; without a rank all as they came. */
export function ranked<T>(items: readonly T[], rank: Rank<T> | undefined, order: "asc" | "desc" = "asc"): readonly T[] {
  if (rank === undefined) return order === "asc" ? items : items.toReversed();
  const direction = order === "asc" ? 1 : -1;
  return items
    .map((item) => ({ item, by: rank(item) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null);
      return a.by < b.by ? -direction : a.by > b.by ? direction : 0;
    })
    .map(({ item }) => item);
}

/** Pages count from 1. */
export const onPage = <T>(items: readonly T[], { page, pageSize }: { page: number; pageSize: number }): T[] =>
  items.slice((page - 1) * pageSize, page * pageSize);

/** Names that contain what was typed: the very name first, then those that begin with it, those that are `apart` after all others. */
export function suggested(
  names: readonly string[],
  { search, limit }: { search: string; limit: number },
  apart: (name: string) => boolean = () => false,
): string[] {
  const typed = search.trim().toLowerCase();
  const rank = (name: string) => {
    const lower = name.toLowerCase();
    if (lower === typed) return 0;
    return (apart(name) ? 3 : 1) + (lower.startsWith(typed) ? 0 : 1);
  };
  return ranked(names.filter(containing(search)), rank).slice(0, limit);
}
