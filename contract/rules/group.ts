/** How often a failed message may come again. */
export const RETRY_MAX = 1000;
