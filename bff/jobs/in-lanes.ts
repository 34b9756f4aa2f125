/** Works on items in order, so many at the same time, until `abort` does or one of them throws, which aborts it; settles once nothing is under way. */
export async function inLanes<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
  abort: AbortController,
): Promise<void> {
  // Not p-limit: it keeps nearly a kilobyte for each item that waits, and a job may have a million.
  const errors: unknown[] = [];
  const rest = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) {
      const item = next.value;
      if (abort.signal.aborted) return;
      try {
        await work(item);
      } catch (error) {
        errors.push(error);
        abort.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  // The first is the cause; others may only say that they were aborted.
  if (errors.length > 0) throw errors[0];
}
