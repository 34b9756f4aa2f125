import type { CurrentUser, SessionItem } from "#contract/session.ts";
import { PASSWORD_MIN, type PasswordFault } from "#contract/rules.ts";
import { Problem } from "../problem.ts";
import { createBetterAuth, type AuthParts } from "./better-auth.ts";
import { createLockout } from "./lockout.ts";
import { RecentSessions } from "./recent.ts";
import { actionsOf, roleOf } from "./roles.ts";
import { SessionStreams } from "./session-streams.ts";

export interface SignedIn {
  user: CurrentUser;
  sessionId: string;
  /** Cookies to renew, when there are. */
  headers: Headers;
}

export interface Auth {
  /** Who the cookies of a request stand for. */
  find(headers: Headers): Promise<SignedIn | null>;
  signIn(headers: Headers, username: string, password: string): Promise<{ user: CurrentUser; headers: Headers }>;
  signOut(headers: Headers): Promise<Headers>;
  changePassword(who: SignedIn, headers: Headers, current: string, next: string): Promise<Headers>;
  sessions(who: SignedIn): Promise<SessionItem[]>;
  revoke(who: SignedIn, sessionId: string): Promise<void>;
  /** What is streamed to somebody ends with the session that asked for it. */
  during<T>(
    who: SignedIn,
    signal: AbortSignal,
    stream: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void>;
  /** Makes an account; `mustChange` asks for a new password at the first sign-in. */
  createUser(username: string, password: string, role: CurrentUser["role"], mustChange: boolean): Promise<void>;
}

interface StoredUser {
  id: string;
  name: string;
  username?: string | null;
  role?: string | null;
  mustChangePassword?: boolean | null;
}

function currentUser(user: StoredUser): CurrentUser {
  const role = roleOf(user.role);
  return {
    id: user.id,
    username: user.username ?? user.name,
    role: role ?? "readonly",
    actions: actionsOf(role),
    mustChangePassword: user.mustChangePassword === true,
  };
}

function ms(date: string | Date): number {
  return new Date(date).getTime();
}

/** An answer of Better Auth that means "no", as opposed to a fault. */
function refused(error: unknown): boolean {
  return (
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500
  );
}

function checkNewPassword(username: string, current: string, next: string): void {
  const fault: PasswordFault | undefined =
    next.length < PASSWORD_MIN
      ? "tooShort"
      : next === current
        ? "unchanged"
        : next.toLowerCase().includes(username.toLowerCase()) && username.length >= 3
          ? "containsUsername"
          : new Set(next).size < 5
            ? "tooSimple"
            : undefined;
  if (fault === undefined) return;
  throw new Problem("WEAK_PASSWORD", { params: { min: PASSWORD_MIN }, issues: [{ path: "next", message: fault }] });
}

/** Sign-in, sessions and accounts of the console. */
export function createAuth(parts: AuthParts & { now: () => number }): Auth {
  const { db, now } = parts;
  const auth = createBetterAuth(parts);
  const lockout = createLockout(db, now);
  const recent = new RecentSessions(now);
  const streams = new SessionStreams(db, now);
  const sessionsEnded = async () => {
    recent.forget();
    await streams.check();
  };

  async function verified<T>(username: string, attempt: () => Promise<T>): Promise<T> {
    const remaining = await lockout.attempt(username);
    if (remaining > 0) throw new Problem("LOCKED_OUT", { params: { seconds: Math.ceil(remaining / 1000) } });
    try {
      const result = await attempt();
      await lockout.succeeded(username);
      return result;
    } catch (error) {
      if (!refused(error)) throw error;
      throw new Problem("SIGN_IN_FAILED");
    }
  }

  return {
    find(headers) {
      const cookie = headers.get("cookie");
      if (cookie === null) return Promise.resolve(null);
      return recent.get(cookie, async () => {
        const { response, headers: renewed } = await auth.api.getSession({ headers, returnHeaders: true });
        if (response === null) return null;
        return { user: currentUser(response.user), sessionId: response.session.id, headers: renewed };
      });
    },
    async signIn(headers, username, password) {
      await db.deleteFrom("session").where("expiresAt", "<", new Date(now()).toISOString()).execute();
      const done = await verified(username, () =>
        auth.api.signInUsername({ body: { username, password }, headers, returnHeaders: true }),
      );
      const row = await db
        .selectFrom("user")
        .selectAll()
        .where("id", "=", done.response.user.id)
        .executeTakeFirstOrThrow();
      return { user: currentUser({ ...row, mustChangePassword: row.mustChangePassword === 1 }), headers: done.headers };
    },
    async signOut(headers) {
      const done = await auth.api.signOut({ headers, returnHeaders: true });
      await sessionsEnded();
      return done.headers;
    },
    async changePassword(who, headers, current, next) {
      checkNewPassword(who.user.username, current, next);
      const done = await verified(who.user.username, () =>
        auth.api.changePassword({
          body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
          headers,
          returnHeaders: true,
        }),
      );
      await db.updateTable("user").set({ mustChangePassword: 0 }).where("id", "=", who.user.id).execute();
      await sessionsEnded();
      return done.headers;
    },
    async sessions(who) {
      const rows = await db
        .selectFrom("session")
        .select(["id", "ipAddress", "userAgent", "createdAt", "expiresAt"])
        .where("userId", "=", who.user.id)
        .orderBy("createdAt", "desc")
        .execute();
      return rows
        .filter((row) => ms(row.expiresAt) > now())
        .map((row) => ({
          id: row.id,
          current: row.id === who.sessionId,
          address: row.ipAddress === "" ? null : row.ipAddress,
          userAgent: row.userAgent === "" ? null : row.userAgent,
          createdAt: ms(row.createdAt),
          expiresAt: ms(row.expiresAt),
        }));
    },
    async revoke(who, sessionId) {
      const { numDeletedRows } = await db
        .deleteFrom("session")
        .where("id", "=", sessionId)
        .where("userId", "=", who.user.id)
        .executeTakeFirst();
      await sessionsEnded();
      if (numDeletedRows === 0n) throw new Problem("NOT_FOUND");
    },
    during: ({ sessionId }, signal, stream) => streams.during(sessionId, signal, stream),
    async createUser(username, password, role, mustChange) {
      const { internalAdapter, password: hasher } = await auth.$context;
      const hash = await hasher.hash(password);
      const user = await internalAdapter.createUser(
        {
          name: username,
          username,
          // Better Auth wants an address; people of the console are known by username alone.
          email: `${username.toLowerCase().replaceAll("@", ".at.")}@rocketdeck.invalid`,
          emailVerified: true,
          role,
          mustChangePassword: mustChange,
        },
        { method: "admin" },
      );
      await internalAdapter.linkAccount({
        userId: user.id,
        accountId: user.id,
        providerId: "credential",
        password: hash,
      });
    },
  };
}
