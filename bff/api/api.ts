import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import pLimit from "p-limit";
import type { Logger } from "pino";
import { contract } from "#contract/contract.ts";
import type { Auth } from "../auth/auth.ts";
import { resourceOf } from "../auth/resource.ts";
import type { SignedIn } from "../auth/signed-in.ts";
import { Problem } from "../base/problem.ts";

/** What every handler gets of the request it answers. */
export interface RequestContext {
  requestId: string;
  log: Logger;
  headers: Headers;
  /** Address of the caller. */
  address: string;
  auth: Auth;
  /** Adds the cookies in `headers` to the answer. */
  sendCookies(headers: Headers): void;
  /** Answers with events of which each is put into words once, however many people are sent it. */
  stream<T extends object>(events: AsyncGenerator<T, void>): AsyncGenerator<T, void>;
}

/** Input is parsed between the middlewares of `api`: after the session is found, before it is checked who may what. */
const os = implement(contract, { initialInputValidationIndex: -1 }).$context<RequestContext>();

/** Implements rows that are open to everybody. */
export const publicApi = os.use(({ procedure, next }) => {
  if (procedure["~orpc"].meta.action !== "public")
    throw new Error("A row that needs an action is implemented as public");
  return next();
});

/** Failures that take some milliseconds to be written. */
const MANY = 100;
const oneATurn = pLimit(1);

const tellsOfMany = (output: unknown) =>
  typeof output === "object" &&
  output !== null &&
  "failures" in output &&
  Array.isArray(output.failures) &&
  output.failures.length > MANY;

const signedIn = os.use(async ({ context, next }) => {
  const who = await context.auth.find(context.headers);
  if (who === null) throw new Problem("UNAUTHORIZED");
  context.sendCookies(who.headers);
  return next({ context: { who, user: who.user } satisfies { who: SignedIn; user: SignedIn["user"] } });
});

/** Implements all other rows: the caller is known, and may do what the row does with what it is about, before anything is looked up. */
export const api = signedIn.use(async ({ context, procedure, next }, input) => {
  const { action, on } = procedure["~orpc"].meta;
  const { auth, user } = context;
  if (action !== "self" && user.mustChangePassword) throw new Problem("PASSWORD_CHANGE_REQUIRED");
  if (!auth.may(user, action, resourceOf(on, input))) throw new Problem("FORBIDDEN", { params: { action } });
  const result = await next();
  // Where thousands of brokers fail, all who ask learn it at once: each answer is written in a turn of its own.
  if (tellsOfMany(result.output)) await oneATurn(() => setImmediate());
  return result;
});
