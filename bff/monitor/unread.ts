import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";

/** What a sweep did not read: names that a master was not asked for any more once it failed, or all of a master whose table was not read. */
export class Unread {
  readonly #names = new Set<string>();
  /** Masters whose names are known. */
  readonly #tables = new Set<string>();

  async table<T>(master: string, reading: Promise<T>): Promise<T> {
    const table = await reading;
    this.#tables.add(master);
    return table;
  }

  add(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /**
   * Whether the sums of a name are of every listed master that has it; a master that failed and whose table nobody knows may have any.
   * One that vanished is told with the list, whose figures stay those of the others.
   */
  isWhole(failures: readonly FanOutFailure[]): (name: string) => boolean {
    const anyName = failures.some(({ target, error }) => error.code !== "BROKER_GONE" && !this.#tables.has(target));
    return (name) => !anyName && !this.#names.has(name);
  }
}
