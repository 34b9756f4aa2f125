/** A value read from afar: kept for a while, one read under way shared by all who ask. */
export class Cached<T> {
  readonly #load: () => Promise<T>;
  readonly #ttlMs: number;
  readonly #staleMs: number;
  #value: { value: T } | undefined;
  #at = 0;
  #loading: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  /** Younger than `ttlMs`: as it is. Up to `staleMs`: as it is, and read again in the background. Older: read and waited for. */
  constructor(load: () => Promise<T>, ttlMs: number, staleMs = ttlMs) {
    this.#load = load;
    this.#ttlMs = ttlMs;
    this.#staleMs = staleMs;
  }

  /** `fresh` gives what was read after the call: a read already under way may have begun before somebody's write. */
  get(fresh = false): Promise<T> {
    if (fresh && this.#loading) return (this.#next ??= this.#readAfter(this.#loading));
    const age = performance.now() - this.#at;
    if (this.#value && !fresh && age < this.#staleMs) {
      // A failed read in the background changes nothing; the next one that is waited for tells.
      if (age >= this.#ttlMs) this.#read().catch(() => undefined);
      return Promise.resolve(this.#value.value);
    }
    return this.#read();
  }

  /** The value, when it is younger than `ttlMs`. */
  peek(): T | undefined {
    return this.#value && performance.now() - this.#at < this.#ttlMs ? this.#value.value : undefined;
  }

  /** The value is out of date, what is being read included. */
  invalidate(): void {
    this.#value = undefined;
    this.#loading = undefined;
  }

  async #readAfter(earlier: Promise<T>): Promise<T> {
    await earlier.catch(() => undefined);
    this.#next = undefined;
    return this.#read();
  }

  #read(): Promise<T> {
    if (this.#loading) return this.#loading;
    const loading = this.#load()
      .then((value) => {
        if (this.#loading === loading) {
          this.#value = { value };
          this.#at = performance.now();
        }
        return value;
      })
      .finally(() => {
        if (this.#loading === loading) this.#loading = undefined;
      });
    this.#loading = loading;
    return loading;
  }
}
