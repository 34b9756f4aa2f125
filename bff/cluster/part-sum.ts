/** A sum of which a part is missing: nothing is known where the rest adds up to nothing. */
export const partSum = (sum: bigint | null, whole: boolean): string | null =>
  sum === null || (!whole && sum === 0n) ? null : sum.toString();
