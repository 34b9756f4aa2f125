import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import pLimit from "p-limit";
import { contract } from "#contract/contract.ts";
import { resourceOf } from "../auth/resource.ts";
import type { SignedIn } from "../auth/signed-in.ts";
import { Problem } from "../base/problem.ts";
import { audited, auditRefusal, type AuditedCall } from "./audited.ts";
import type { RequestContext } from "./request-context.ts";

/** Input is parsed between the middlewares of `api`: after the session is found, before it is checked who may what. */
const os = implement(contract, { initialInputValidationIndex: -1 }).$context<RequestContext>();

/** Implements rows that are open to everybody. */
export const publicApi = os.use(({ context, path, procedure, signal, next }, input) => {
  const { meta } = procedure["~orpc"];
  if (meta.action !== "public") throw new Error("A row that needs an action is implemented as public");
  return audited({ context, path, meta, input, signal }, (note) => next({ context: { note } }));
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
  context.isOf(who.user.username);
  context.sendCookies(who.headers);
  return next({ context: { who, user: who.user } satisfies { who: SignedIn; user: SignedIn["user"] } });
});

/**
 * Implements all other rows: the caller is known, and may do what the row does with what it is about, before anything is looked up;
 * what the row wants audited is.
 */
export const api = signedIn.use(async ({ context, path, procedure, signal, next }, input) => {
  const { meta } = procedure["~orpc"];
  const { action, on } = meta;
  const { auth, user } = context;
  const call: AuditedCall = { context, path, meta, input, user, signal };
  const refuse = async (problem: Problem): Promise<never> => {
    await auditRefusal(call, problem.code);
    throw problem;
  };
  if (action !== "self" && user.mustChangePassword) return refuse(new Problem("PASSWORD_CHANGE_REQUIRED"));
  if (!auth.may(user, action, resourceOf(on, input))) return refuse(new Problem("FORBIDDEN", { params: { action } }));
  const result = await audited(call, (note) => next({ context: { note } }));
  // Where thousands of brokers fail, all who ask learn it at once: each answer is written in a turn of its own.
  if (tellsOfMany(result.output)) await oneATurn(() => setImmediate());
  return result;
});
