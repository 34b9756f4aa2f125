import { Problem } from "../../base/problem.ts";

const WINDOW_MS = 60_000;

/** How often somebody may have the console connect to addresses of their choice: it must not serve to look for open ports. */
export class TestLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #taken = new Map<string, number[]>();

  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Throws TOO_MANY_TESTS when there were too many within the last minute. */
  take(username: string): void {
    const now = this.#now();
    const recent = (this.#taken.get(username) ?? []).filter((at) => now - at < WINDOW_MS);
    const [first = now] = recent;
    if (recent.length >= this.#most) {
      const seconds = Math.ceil((first + WINDOW_MS - now) / 1000);
      throw new Problem("TOO_MANY_TESTS", { params: { most: this.#most, seconds } });
    }
    this.#taken.set(username, [...recent, now]);
  }
}
