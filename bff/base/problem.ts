import { ORPCError, ValidationError } from "@orpc/server";
import { z } from "zod";
import type { Failure } from "#contract/list.ts";
import { problems, type ProblemCode, type ProblemData } from "#contract/problem.ts";
import { RocketMQError } from "../rocketmq/errors.ts";
import { storeFault } from "./store-fault.ts";

/** What a handler throws to answer with a row of contract/problem.ts. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly data: ProblemData;
  constructor(code: ProblemCode, data: ProblemData = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = "Problem";
    this.code = code;
    this.data = data;
  }
}

export type ApiError = ORPCError<ProblemCode, ProblemData>;

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

function apiError(code: ProblemCode, data: ProblemData, cause?: unknown): ApiError {
  return new ORPCError(code, { status: problems[code].status, message: code, data, cause });
}

const Issues = z.array(
  z.object({
    code: z.string().optional(),
    message: z.string(),
    path: z.array(z.union([z.string(), z.number()])).optional(),
  }),
);

/** Keys of texts for what zod finds; a schema's own message is already such a key. */
const issueKeys: Record<string, string> = {
  invalid_type: "invalidType",
  too_big: "tooBig",
  too_small: "tooSmall",
  invalid_format: "invalidFormat",
  not_multiple_of: "invalidType",
  unrecognized_keys: "unknownField",
  invalid_union: "invalidType",
  invalid_key: "invalidFormat",
  invalid_element: "invalidType",
  invalid_value: "notOneOf",
};
const OWN_KEY = /^[a-z][A-Za-z0-9.]*$/;

function issuesOf(error: ValidationError): NonNullable<ProblemData["issues"]> {
  const issues = Issues.safeParse(error.issues);
  if (!issues.success) return [];
  return issues.data.map(({ code, message, path }) => ({
    path: (path ?? []).join("."),
    message: OWN_KEY.test(message) ? message : (issueKeys[code ?? ""] ?? "invalid"),
  }));
}

/** Where an input or output does not fit its row; never what stands there. */
export const issuesIn = (error: unknown): ProblemData["issues"] =>
  error instanceof ORPCError && error.cause instanceof ValidationError ? issuesOf(error.cause) : undefined;

function rocketmqData({ address, responseCode, remark, cause }: RocketMQError): ProblemData {
  const failed = cause instanceof AggregateError ? cause.errors.filter((one) => one instanceof RocketMQError) : [];
  const tried = failed.map((one) => `${one.address}: ${one.code}`).join(", ");
  return { ...(tried === "" ? {} : { params: { tried } }), address, responseCode, remark };
}

/** Code and data of anything thrown; `undefined` when it is a fault of the console itself, of which nothing may be told. */
export function problemOf(error: unknown): { code: ProblemCode; data: ProblemData } | undefined {
  if (error instanceof Problem) return { code: error.code, data: error.data };
  if (error instanceof RocketMQError) return { code: error.code, data: rocketmqData(error) };
  const fault = storeFault(error);
  if (fault !== undefined) return { code: "STORE_FAILED", data: { remark: fault } };
  if (!(error instanceof ORPCError)) return undefined;
  if (error.code === "BAD_REQUEST" && error.cause instanceof ValidationError) {
    return { code: "BAD_REQUEST", data: { issues: issuesOf(error.cause) } };
  }
  if (error.code === "METHOD_NOT_SUPPORTED") return { code: "NOT_FOUND", data: {} };
  if (error.code === "INTERNAL_SERVER_ERROR" || !isProblemCode(error.code)) return undefined;
  return { code: error.code, data: {} };
}

/** Anything thrown as the error that the API answers with; `unexpected` is called with what is a fault of the console or its machine. */
export function toApiError(error: unknown, requestId: string, unexpected: (error: unknown) => void): ApiError {
  const problem = problemOf(error);
  if (problem?.code === "STORE_FAILED") unexpected(error);
  if (problem !== undefined) return apiError(problem.code, { ...problem.data, requestId }, error);
  unexpected(error);
  return apiError("INTERNAL_SERVER_ERROR", { requestId });
}

/** One failed target of a fan-out, as lists show it. */
export function failureOf(target: string, error: unknown): Failure {
  const problem = problemOf(error);
  return {
    target,
    code: problem?.code ?? "INTERNAL_SERVER_ERROR",
    responseCode: problem?.data.responseCode,
    remark: problem?.data.remark,
  };
}
