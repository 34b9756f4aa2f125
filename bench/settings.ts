/** How much is measured. */
export interface Settings {
  /** Each figure is the median of so many rounds; each round measures RocketDeck and Java one after the other. */
  rounds: number;
  /** Messages of 1 KB that each side sends in a round, with so many in flight or threads. */
  produce: { count: number; inFlight: number };
  /** Messages of 1 KB in 8 queues, pulled and browsed. */
  messages: number;
  topics: number;
  groups: number;
  manyGroups: number;
  /** Rows of the imported file. */
  rows: number;
  /** How long many people look at the console at once, for each pace of the job that they follow. */
  loadSeconds: number;
}

/** What docs/BENCHMARKS.md is made of. */
export const full: Settings = {
  rounds: 5,
  produce: { count: 100_000, inFlight: 64 },
  messages: 100_000,
  topics: 10_000,
  groups: 1000,
  manyGroups: 6000,
  rows: 2000,
  loadSeconds: 60,
};

/** To see within two minutes that everything runs; its figures mean nothing. */
export const quick: Settings = {
  rounds: 1,
  produce: { count: 60_000, inFlight: 64 },
  messages: 10_000,
  topics: 1000,
  groups: 100,
  manyGroups: 300,
  rows: 100,
  loadSeconds: 10,
};
