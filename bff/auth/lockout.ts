import type { Store } from "../store/store.ts";

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after this long without another. */
const FORGET_MS = 24 * 3_600_000;

export interface Lockout {
  /** Milliseconds for which the username is locked. When it is not (0), counts a failure: attempts under way at the same time count too. */
  attempt(username: string): Promise<number>;
  succeeded(username: string): Promise<void>;
}

/** How long a username is locked after so many failures: not at all below five, then 60 s, doubling. */
export function lockMs(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_LOCK_MS * 2 ** (failures - FREE_FAILURES), LONGEST_LOCK_MS);
}

/** Counts failures by username, known or not, and keeps them over a restart. */
export function createLockout(db: Store, now: () => number): Lockout {
  const key = (username: string) => username.toLowerCase();
  return {
    attempt: (username) =>
      db.transaction().execute(async (trx) => {
        const t = now();
        await trx
          .deleteFrom("signInFailure")
          .where("lastAt", "<", t - FORGET_MS)
          .execute();
        const known = await trx
          .selectFrom("signInFailure")
          .select(["failures", "lockedUntil"])
          .where("username", "=", key(username))
          .executeTakeFirst();
        const remaining = (known?.lockedUntil ?? 0) - t;
        if (remaining > 0) return remaining;
        const failures = (known?.failures ?? 0) + 1;
        const row = { failures, lockedUntil: t + lockMs(failures), lastAt: t };
        await trx
          .insertInto("signInFailure")
          .values({ username: key(username), ...row })
          .onConflict((c) => c.column("username").doUpdateSet(row))
          .execute();
        return 0;
      }),
    async succeeded(username) {
      await db.deleteFrom("signInFailure").where("username", "=", key(username)).execute();
    },
  };
}
