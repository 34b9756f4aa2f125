import type { Selectable } from "kysely";
import type { SignInCountTable } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

const MINUTE_MS = 60_000;
const LONGEST_LOCK_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;

/** How failures of one source lock it. */
export interface Rule {
  /** The failure with this number is the first that locks, so that as many may be under way at once. */
  free: number;
  /** Whether failures are forgotten `forgetMs` after the last of them, or after the first. */
  rolling: boolean;
  forgetMs: number;
  /** How long so many failures lock, `age` after they began. */
  lockMs(failures: number, age: number): number;
}

/** One address or one browser: a minute after five failures, doubling. Eleven guesses in the first hour, four in each that follows. */
export const oneSource: Rule = {
  free: 5,
  rolling: true,
  forgetMs: DAY_MS,
  lockMs: (failures) => (failures < 5 ? 0 : Math.min(MINUTE_MS * 2 ** (failures - 5), LONGEST_LOCK_MS)),
};

/** All addresses together that no known browser stands behind: a hundred guesses of a name an hour. */
export const allStrangers: Rule = {
  free: 25,
  rolling: false,
  forgetMs: LONGEST_LOCK_MS,
  lockMs: (failures, age) => (failures < 25 ? 0 : LONGEST_LOCK_MS - age),
};

/** Whose failures are counted, and how. */
export interface Counted {
  name: string;
  source: string;
  rule: Rule;
}

type Count = Pick<Selectable<SignInCountTable>, "failures" | "since" | "until">;

/** The source of the row that says until when a name is open to strangers. */
const OPEN = "open";

/** Failures to sign in, of names known or not, so that no answer tells who exists. They outlast a restart. */
export class SignInCounts {
  readonly #db: Store;
  readonly #now: () => number;

  constructor(db: Store, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Failures so far, and milliseconds for which they lock. */
  async read({ name, source, rule }: Counted): Promise<{ failures: number; lockedMs: number }> {
    const t = this.#now();
    const row = await this.#row(name, source);
    if (row === undefined || row.since + rule.forgetMs <= t) return { failures: 0, lockedMs: 0 };
    return { failures: row.failures, lockedMs: Math.max(0, row.until - t) };
  }

  async failed(counted: readonly Counted[]): Promise<void> {
    const t = this.#now();
    await this.#db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom("signInCount")
        .where("since", "<", t - DAY_MS)
        .execute();
      for (const { name, source, rule } of counted) {
        // Writing first makes others that count the same wait, on whatever console they are.
        await this.#hold(trx, name, source, t);
        const known = await this.#row(name, source, trx);
        const last = known === undefined || known.since + rule.forgetMs <= t ? { failures: 0, since: t } : known;
        const failures = last.failures + 1;
        const since = rule.rolling ? t : last.since;
        await this.#write(trx, name, source, { failures, since, until: t + rule.lockMs(failures, t - since) });
      }
    });
  }

  /** Forgets what the source itself failed; a right password says nothing of what others do. */
  async succeeded(counted: readonly Counted[]): Promise<void> {
    for (const { name, source, rule } of counted) {
      if (!rule.rolling) continue;
      await this.#db.deleteFrom("signInCount").where("name", "=", name).where("source", "=", source).execute();
    }
  }

  /** Forgets every failure of a name, and lets strangers try it for a quarter of an hour whatever others fail. */
  async open(name: string): Promise<void> {
    const t = this.#now();
    await this.#db.deleteFrom("signInCount").where("name", "=", name).execute();
    await this.#write(this.#db, name, OPEN, { failures: 0, since: t, until: t + LONGEST_LOCK_MS });
  }

  async isOpen(name: string): Promise<boolean> {
    return ((await this.#row(name, OPEN))?.until ?? 0) > this.#now();
  }

  /** A row as of now: what was written before the clock went back would lock for as long as it went back. */
  async #row(name: string, source: string, db: Store = this.#db): Promise<Count | undefined> {
    const t = this.#now();
    const row = await db
      .selectFrom("signInCount")
      .select(["failures", "since", "until"])
      .where("name", "=", name)
      .where("source", "=", source)
      .executeTakeFirst();
    if (row === undefined || row.since <= t) return row;
    const moved = { ...row, since: t, until: Math.min(row.until, t + LONGEST_LOCK_MS) };
    await this.#write(db, name, source, moved);
    return moved;
  }

  async #hold(db: Store, name: string, source: string, t: number): Promise<void> {
    await db
      .insertInto("signInCount")
      .values({ name, source, failures: 0, since: t, until: t })
      .onConflict((c) => c.columns(["name", "source"]).doUpdateSet({ name }))
      .execute();
  }

  async #write(db: Store, name: string, source: string, count: Count): Promise<void> {
    await db
      .insertInto("signInCount")
      .values({ name, source, ...count })
      .onConflict((c) => c.columns(["name", "source"]).doUpdateSet(count))
      .execute();
  }
}
