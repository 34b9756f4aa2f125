import { Cached } from "./cached.ts";

/** One read of the same names serves all who ask for them while it is under way and, unless a part of it failed, for a while after. */
export class SharedReads<T extends { failures: readonly unknown[] }> {
  readonly #read: (names: readonly string[]) => Promise<T>;
  readonly #keepMs: number;
  readonly #kept = new Map<string, Cached<T>>();

  constructor(read: (names: readonly string[]) => Promise<T>, keepMs: number) {
    this.#read = read;
    this.#keepMs = keepMs;
  }

  /** `fresh` gives what was read after the call. */
  get(names: readonly string[], fresh = false): Promise<T> {
    const key = JSON.stringify(names);
    const known = this.#kept.get(key);
    if (known !== undefined) return known.get(fresh);
    const cached = new Cached(() => this.#read(names), this.#keepMs);
    this.#kept.set(key, cached);
    const drop = () => void this.#kept.delete(key);
    const read = cached.get();
    read.then(({ failures }) => (failures.length > 0 ? drop() : setTimeout(drop, this.#keepMs).unref()), drop);
    return read;
  }
}
