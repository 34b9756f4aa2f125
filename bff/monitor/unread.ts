import type { FanOutFailure } from "../rocketmq/cluster/fan-out.ts";
import { ofListed } from "./snapshot.ts";

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

  /** Whether the sums of a name are of every master that has it; one that failed or vanished, and whose table nobody knows, may have any. */
  isWhole(failures: readonly FanOutFailure[]): (name: string) => boolean {
    const anyName = failures.some(({ target }) => !this.#tables.has(target));
    return (name) => !anyName && !this.#names.has(name);
  }

  /** The same of the masters that are listed. */
  isOfListed(failures: readonly FanOutFailure[]): (name: string) => boolean {
    return this.isWhole(ofListed(failures));
  }
}
