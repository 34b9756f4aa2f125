import type { Request, Response } from "express";
import { problems, type ProblemCode, type ProblemData } from "#contract/problem.ts";

export function requestIdOf(req: Request): string {
  return typeof req.id === "string" ? req.id : "";
}

/** Answers with a problem outside of the API's handlers, in the shape that both kinds of client read. */
export function sendProblem(req: Request, res: Response, code: ProblemCode, data: ProblemData = {}): void {
  const { status } = problems[code];
  const body = { defined: false, code, status, message: code, data: { ...data, requestId: requestIdOf(req) } };
  res.status(status).json(req.originalUrl.startsWith("/api/rpc/") ? { json: body, meta: [] } : body);
}
