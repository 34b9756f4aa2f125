import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";

/** Figures of everything of one kind in an instance, read between `startedAt` and `at`. */
export interface Snapshot<T> {
  startedAt: number;
  at: number;
  /** RPCs it took. */
  calls: number;
  byName: ReadonlyMap<string, T>;
  /** Masters of whose part something is missing. */
  failures: readonly FanOutFailure[];
  /** False: a master that has, or may have, part of it did not tell or vanished; the figures are of the others. */
  isWhole: (name: string) => boolean;
}

/** What failed but masters that vanished, which nobody can ask. */
export const ofListed = (failures: readonly FanOutFailure[]): FanOutFailure[] =>
  failures.filter(({ error }) => error.code !== "BROKER_GONE");

/** Every master that is listed answered; what those that vanished have is missing. */
export const isOfListed = ({ failures }: Pick<Snapshot<unknown>, "failures">): boolean =>
  ofListed(failures).length === 0;
