import { z } from "zod";
import { EpochMs } from "./list.ts";
import { row } from "./row.ts";
import { PASSWORD_MAX } from "./rules/limits.ts";

const tags = ["Session"];

export const Role = z.enum(["administrator", "readonly"]);
export type Role = z.infer<typeof Role>;

/** Who is signed in; `actions` are the ones that the role grants, for pages to leave out what would be refused. */
export const CurrentUser = z.object({
  id: z.string(),
  username: z.string(),
  role: Role,
  actions: z.array(z.string()),
  /** While true every row but this domain's answers PASSWORD_CHANGE_REQUIRED. */
  mustChangePassword: z.boolean(),
});
export type CurrentUser = z.infer<typeof CurrentUser>;

export const SessionItem = z.object({
  id: z.string(),
  /** Whether it is the session of this very call. */
  current: z.boolean(),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: EpochMs,
  expiresAt: EpochMs,
});
export type SessionItem = z.infer<typeof SessionItem>;

export const sessionContract = {
  /** Null when nobody is signed in. */
  get: row("public", { on: "account", audit: "none" })
    .route({ method: "GET", path: "/session", tags })
    .output(z.object({ user: CurrentUser.nullable() })),
  /** Sets the session cookie. SIGN_IN_FAILED says nothing of which half was wrong; LOCKED_OUT carries `params.seconds`. */
  signIn: row("public", { on: "account", audit: "session" })
    .route({ method: "POST", path: "/session", tags })
    .input(z.object({ username: z.string().min(1).max(64), password: z.string().min(1).max(PASSWORD_MAX) }))
    .output(z.object({ user: CurrentUser })),
  signOut: row("self", { on: "account", audit: "session" })
    .route({ method: "DELETE", path: "/session", tags })
    .output(z.object({ ok: z.literal(true) })),
  /** Ends every other session of the user. A wrong `current` is SIGN_IN_FAILED, a poor `next` WEAK_PASSWORD. */
  changePassword: row("self", { on: "account", audit: "session" })
    .route({ method: "POST", path: "/session/password", tags })
    .input(z.object({ current: z.string().min(1).max(PASSWORD_MAX), next: z.string().min(1).max(PASSWORD_MAX) }))
    .output(z.object({ user: CurrentUser })),
  sessions: row("self", { on: "account", audit: "none" })
    .route({ method: "GET", path: "/session/all", tags })
    .output(z.object({ items: z.array(SessionItem) })),
  revoke: row("self", { on: "session", audit: "session" })
    .route({ method: "DELETE", path: "/session/all/{sessionId}", tags })
    .input(z.object({ sessionId: z.string().min(1).max(64) }))
    .output(z.object({ ok: z.literal(true) })),
};
