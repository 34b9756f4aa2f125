import type { Store } from "../store/store.ts";

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 60_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after this long without another. */
const FORGET_MS = 24 * 3_600_000;

export interface Lockout {
  /** Milliseconds for which the username is locked; 0 when it is not. */
  remaining(username: string): Promise<number>;
  failed(username: string): Promise<void>;
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
    async remaining(username) {
      const row = await db
        .selectFrom("signInFailure")
        .select("lockedUntil")
        .where("username", "=", key(username))
        .executeTakeFirst();
      return Math.max(0, (row?.lockedUntil ?? 0) - now());
    },
    async failed(username) {
      const t = now();
      await db
        .deleteFrom("signInFailure")
        .where("lastAt", "<", t - FORGET_MS)
        .execute();
      const { failures } = await db
        .insertInto("signInFailure")
        .values({ username: key(username), failures: 1, lockedUntil: 0, lastAt: t })
        .onConflict((c) =>
          c.column("username").doUpdateSet((eb) => ({ failures: eb("signInFailure.failures", "+", 1), lastAt: t })),
        )
        .returning("failures")
        .executeTakeFirstOrThrow();
      const ms = lockMs(failures);
      if (ms === 0) return;
      await db
        .updateTable("signInFailure")
        .set({ lockedUntil: t + ms })
        .where("username", "=", key(username))
        .execute();
    },
    async succeeded(username) {
      await db.deleteFrom("signInFailure").where("username", "=", key(username)).execute();
    },
  };
}
