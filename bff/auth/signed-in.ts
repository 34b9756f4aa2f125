import type { CurrentUser } from "#contract/session.ts";

/** Who calls, and by which session. */
export interface SignedIn {
  user: CurrentUser;
  sessionId: string;
  /** Cookies to renew, when there are. */
  headers: Headers;
}
