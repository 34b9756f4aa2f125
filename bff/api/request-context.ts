import type { Logger } from "pino";
import type { Auth } from "../auth/auth.ts";
import type { AuditLog } from "../store/audit.ts";

/** What every handler gets of the request it answers. */
export interface RequestContext {
  requestId: string;
  log: Logger;
  headers: Headers;
  /** Address of the caller. */
  address: string;
  auth: Auth;
  audit: AuditLog;
  /** Says whose request it is, for the log. */
  isOf(username: string): void;
  /** Adds the cookies in `headers` to the answer. */
  sendCookies(headers: Headers): void;
  /** Answers with events of which each is put into words once, however many people are sent it. */
  stream<T extends object>(events: AsyncGenerator<T, void>): AsyncGenerator<T, void>;
  /** Answers with a file that is written while it is sent. */
  file(name: string, type: string, parts: AsyncGenerator<string | Uint8Array, void>): File;
}
