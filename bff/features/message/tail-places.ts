import { Problem } from "../../base/problem.ts";

/** Topics that one person follows live, and that all do: each is looked at every two seconds, whether or not somebody looks at the page. */
const OF_ONE = 6;
const OF_ALL = 60;

/** Who follows topics live. */
export class TailPlaces {
  /** A name for each topic that somebody follows. */
  readonly #held: string[] = [];

  /** Throws TOO_MANY_TAILS where there is no place for one more. */
  assertFree(username: string): void {
    const own = this.#held.filter((name) => name === username).length;
    if (own >= OF_ONE || this.#held.length >= OF_ALL)
      throw new Problem("TOO_MANY_TAILS", { params: { ofOne: OF_ONE, ofAll: OF_ALL } });
  }

  /** The same stream, which holds a place from its first event on until it ends. */
  async *hold<T>(username: string, stream: AsyncIterable<T>): AsyncGenerator<T, void> {
    this.assertFree(username);
    this.#held.push(username);
    try {
      yield* stream;
    } finally {
      this.#held.splice(this.#held.indexOf(username), 1);
    }
  }
}
