/** How a job is, or ended; `empty`: it went as it should, and nothing of what it waited for came. */
export const JOB_STATES = [
  "queued",
  "running",
  "succeeded",
  "empty",
  "partial",
  "failed",
  "cancelled",
  "interrupted",
] as const;
