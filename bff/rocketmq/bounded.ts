import pLimit from "p-limit";

/** Works on each item, so many at the same time; results are in the order of the items. After the first failure no other is begun. */
export async function mapBounded<T, V>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<V>,
): Promise<V[]> {
  const limit = pLimit(atOnce);
  try {
    return await limit.map(items, work);
  } catch (error) {
    limit.clearQueue();
    throw error;
  }
}
