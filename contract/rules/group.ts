/** How often a failed message may come again. */
export const RETRY_MAX = 1000;

/** Own retry policies: a delay in ms, how many of them, and by how much each is longer than the last. */
export const RETRY_DELAY_MAX = 604_800_000;
export const RETRY_DELAYS_MAX = 64;
export const RETRY_MULTIPLIER_MAX = 100;
