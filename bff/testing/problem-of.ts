import { ORPCError } from "@orpc/client";
import type { ProblemData } from "#contract/problem.ts";

/** What the API says of a call that it refuses. */
export async function problemOf(call: Promise<unknown>): Promise<{ code: string; data: ProblemData }> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ORPCError)) throw new Error(`expected a problem, got ${String(error)}`);
  return { code: error.code, data: error.data as ProblemData };
}
