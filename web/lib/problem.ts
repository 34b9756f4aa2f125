import { problems, type ProblemCode, type ProblemData } from "#contract/problem.ts";

/** What a failed call says: a code of the contract's table, and what goes with it. */
export interface Problem {
  code: ProblemCode | "OFFLINE";
  status: number;
  retry: boolean;
  data: ProblemData;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

export const isProblemCode = (code: unknown): code is ProblemCode =>
  typeof code === "string" && Object.hasOwn(problems, code);

/** Reads anything thrown by a call of the API; a call that never got an answer is `OFFLINE`. */
export function problemOf(error: unknown): Problem {
  if (isRecord(error) && isProblemCode(error["code"])) {
    const { status, retry } = problems[error["code"]];
    return { code: error["code"], status, retry, data: isRecord(error["data"]) ? error["data"] : {} };
  }
  if (isRecord(error) && typeof error["status"] === "number") {
    return { code: "INTERNAL_SERVER_ERROR", status: error["status"], retry: true, data: { remark: messageOf(error) } };
  }
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return { code: "OFFLINE", status: 0, retry: true, data: {} };
  }
  return { code: "INTERNAL_SERVER_ERROR", status: 500, retry: false, data: { remark: messageOf(error) } };
}

function messageOf(error: unknown): string {
  return isRecord(error) && typeof error["message"] === "string" ? error["message"] : String(error);
}

/** The message key of the issue at `path` in a refused input, for the field it belongs to. */
export const issueAt = (problem: Problem, path: string): string | undefined =>
  problem.data.issues?.find((issue) => issue.path === path || issue.path.startsWith(`${path}.`))?.message;
