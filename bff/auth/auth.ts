import type { Action } from "#contract/action.ts";
import type { CurrentUser, SessionItem } from "#contract/session.ts";
import { PASSWORD_MIN } from "#contract/rules/limits.ts";
import { Problem } from "../base/problem.ts";
import { createUser } from "./accounts.ts";
import { createBetterAuth, type AuthParts } from "./better-auth.ts";
import { cookiePrefix } from "./cookie-names.ts";
import { EndedSessions } from "./ended-sessions.ts";
import { passwordFault } from "./passwords.ts";
import { RecentSessions } from "./recent.ts";
import type { Resource } from "./resource.ts";
import { actionsOf, roleOf } from "./roles.ts";
import { SessionStreams } from "./session-streams.ts";
import type { SignedIn } from "./signed-in.ts";
import { SignIns } from "./sign-ins.ts";

export interface Auth {
  /** Name of the cookie that holds a session. */
  cookie: string;
  /** Who the cookies of a request stand for. */
  find(headers: Headers): Promise<SignedIn | null>;
  /** Whether somebody may do this with the resource; every check and every filter of the console asks here. */
  may(user: CurrentUser, action: Action, resource: Resource): boolean;
  signIn(headers: Headers, username: string, password: string): Promise<{ user: CurrentUser; headers: Headers }>;
  signOut(who: SignedIn, headers: Headers): Promise<Headers>;
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

function checkNewPassword(username: string, current: string, next: string): void {
  const fault = passwordFault(username, next, current);
  if (fault === undefined) return;
  throw new Problem("WEAK_PASSWORD", { params: { min: PASSWORD_MIN }, issues: [{ path: "next", message: fault }] });
}

/** Sign-in, sessions and accounts of the console. */
export function createAuth(parts: AuthParts & { now: () => number }): Auth {
  const { db, now, secrets, config } = parts;
  const auth = createBetterAuth(parts);
  const prefix = cookiePrefix(config, secrets);
  const signIns = new SignIns({ db, now, secrets, prefix });
  const recent = new RecentSessions(now);
  const streams = new SessionStreams(db, now);
  const ended = new EndedSessions(db);
  const endSession = (sessionId: string): Promise<void> => {
    const told = ended.end(sessionId);
    recent.forget();
    streams.end(sessionId);
    return told;
  };

  /** With the cookie by which the browser is known from now on. */
  async function known(answer: Headers, headers: Headers, username: string): Promise<Headers> {
    const all = new Headers(answer);
    all.append("set-cookie", await signIns.deviceCookie(headers, username));
    return all;
  }

  return {
    cookie: `${prefix}.session_token`,
    find(headers) {
      const cookie = headers.get("cookie");
      if (cookie === null) return Promise.resolve(null);
      return recent.get(cookie, async () => {
        const { response, headers: renewed } = await auth.api.getSession({ headers, returnHeaders: true });
        if (response === null || ended.has(response.session.id)) return null;
        return { user: currentUser(response.user), sessionId: response.session.id, headers: renewed };
      });
    },
    may: (user, action) => user.actions.includes(action),
    async signIn(headers, username, password) {
      const done = await signIns.signIn(headers, username, () =>
        auth.api.signInUsername({ body: { username, password }, headers, returnHeaders: true }),
      );
      await db.deleteFrom("session").where("expiresAt", "<", new Date(now()).toISOString()).execute();
      const row = await db
        .selectFrom("user")
        .selectAll()
        .where("id", "=", done.response.user.id)
        .executeTakeFirstOrThrow();
      return {
        user: currentUser({ ...row, mustChangePassword: Boolean(row.mustChangePassword) }),
        headers: await known(done.headers, headers, username),
      };
    },
    async signOut(who, headers) {
      // Better Auth would answer that all is well though the session could not be deleted.
      await endSession(who.sessionId);
      return (await auth.api.signOut({ headers, returnHeaders: true })).headers;
    },
    async changePassword(who, headers, current, next) {
      checkNewPassword(who.user.username, current, next);
      const done = await signIns.confirm(who.sessionId, who.user.username, () =>
        auth.api.changePassword({
          body: { currentPassword: current, newPassword: next, revokeOtherSessions: true },
          headers,
          returnHeaders: true,
        }),
      );
      await db.updateTable("user").set({ mustChangePassword: 0 }).where("id", "=", who.user.id).execute();
      recent.forget();
      await streams.check();
      return known(done.headers, headers, who.user.username);
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
      const own = await db
        .selectFrom("session")
        .select("id")
        .where("id", "=", sessionId)
        .where("userId", "=", who.user.id)
        .executeTakeFirst();
      if (own === undefined) throw new Problem("NOT_FOUND");
      await endSession(sessionId);
    },
    during: ({ sessionId }, signal, stream) => streams.during(sessionId, signal, stream),
    createUser: (username, password, role, mustChange) => createUser(db, username, password, role, mustChange),
  };
}
