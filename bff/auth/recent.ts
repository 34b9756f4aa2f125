import type { SignedIn } from "./signed-in.ts";

/** Looking up a session costs about a millisecond, and a page asks for many things at once. */
const KEEP_MS = 5000;
const MOST = 1000;

const withoutCookies = (who: SignedIn | null): SignedIn | null => who && { ...who, headers: new Headers() };

/**
 * Sessions that were just found, by cookie header. Whatever ends or changes a session goes through this process
 * and calls `forget`, so a revoked one is over at once.
 */
export class RecentSessions {
  readonly #now: () => number;
  #found = new Map<string, { who: SignedIn; until: number }>();
  /** Lookups under way, which all that a page asks for at once share. */
  #finding = new Map<string, Promise<SignedIn | null>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async get(cookie: string, find: () => Promise<SignedIn | null>): Promise<SignedIn | null> {
    const known = this.#found.get(cookie);
    if (known !== undefined && known.until > this.#now()) return withoutCookies(known.who);
    const underWay = this.#finding.get(cookie);
    if (underWay !== undefined) return withoutCookies(await underWay);
    const generation = this.#found;
    const finding = this.#finding;
    const asked = find().finally(() => finding.delete(cookie));
    finding.set(cookie, asked);
    const who = await asked;
    // Forgotten meanwhile: what was read may be of before.
    if (who === null || generation !== this.#found) return who;
    if (generation.size >= MOST) generation.clear();
    generation.set(cookie, { who, until: this.#now() + KEEP_MS });
    return who;
  }

  forget(): void {
    this.#found = new Map();
    this.#finding = new Map();
  }
}
