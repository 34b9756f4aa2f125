import { Problem } from "../../base/problem.ts";

interface Bounds {
  ofOne: number;
  ofAll: number;
  /** The problem of who has no place. */
  full: "TOO_MANY_TAILS" | "TOO_MANY_SCANS";
}

/** Topics that one person follows live, and that all do: each is looked at every two seconds, whether or not somebody looks at the page. */
const TAILS: Bounds = { ofOne: 6, ofAll: 60, full: "TOO_MANY_TAILS" };

/** Who follows topics live, or has another stream that costs a broker something. */
export class TailPlaces {
  /** A name for each stream that somebody has. */
  readonly #held: string[] = [];
  readonly #bounds: Bounds;

  constructor(bounds = TAILS) {
    this.#bounds = bounds;
  }

  /** Throws TOO_MANY_TAILS where there is no place for one more. */
  assertFree(username: string): void {
    const own = this.#held.filter((name) => name === username).length;
    const { ofOne, ofAll, full } = this.#bounds;
    if (own >= ofOne || this.#held.length >= ofAll) throw new Problem(full, { params: { ofOne, ofAll } });
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
