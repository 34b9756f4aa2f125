/** What one question may cost, whatever a cluster has. */
export const ONLINE = {
  /** Topics written to last whose newest messages show who sends, and their queues. */
  topicsLookedAt: 64,
  queuesLookedAt: 1024,
  /** Topics of a group whose lag is told at once, and messages that are read for it. */
  lagTopics: 16,
  lagReads: 512,
};
