import { z } from "zod";
import type { RowCall } from "./reading-rows.ts";

export interface RowAnswer extends RowCall {
  status: number;
  ms: number;
  /** Code of the problem, where it is one. */
  code?: string;
  /** What the row gave: undefined for a problem or a file. */
  value?: unknown;
  /** All that are told, wherever in the answer. */
  failures: readonly Told[];
}

interface Told {
  target: string;
  code: string;
}

/** Where calls go, and as whom. */
export interface Caller {
  url: string;
  cookie: string;
  /** Longest that an answer may take. */
  answerMs: number;
}

/** A failure of a fan-out, or a step that did not succeed. */
const Failed = z.object({ target: z.string(), code: z.string(), ok: z.literal(false).optional() });
const Coded = z.object({ code: z.string() });
const Wrapped = z.object({ json: z.unknown() });

function failuresIn(value: unknown): Told[] {
  if (typeof value !== "object" || value === null) return [];
  const failed = Failed.safeParse(value);
  return failed.success ? [failed.data] : Object.values(value).flatMap(failuresIn);
}

/** The first event of a stream, after which it is left: an answer, or the problem that ended it. */
async function firstEvent({ body }: Response): Promise<{ name?: string; value?: unknown }> {
  let text = "";
  for await (const piece of body ?? []) {
    text += Buffer.from(piece).toString();
    const [, name, data] = /^event: (.+)\ndata: (.+)\n/m.exec(text) ?? [];
    if (data !== undefined) return { name, value: Wrapped.parse(JSON.parse(data)).json };
  }
  return {};
}

const Status = z.object({ status: z.number(), code: z.string() });

/** Calls one row as a page does; a row that does not answer in time has the status 0. */
export async function callRow({ url, cookie, answerMs }: Caller, { path, input }: RowCall): Promise<RowAnswer> {
  const since = performance.now();
  const told = (status: number, more: Partial<RowAnswer> = {}): RowAnswer => ({
    path,
    input,
    status,
    ms: Math.round(performance.now() - since),
    failures: [],
    ...more,
  });
  try {
    const response = await fetch(`${url}/api/rpc/${path}`, {
      method: "POST",
      // Packing an answer costs more than all else that is done for it.
      headers: { cookie, "content-type": "application/json", "accept-encoding": "identity" },
      body: JSON.stringify({ json: input }),
      signal: AbortSignal.timeout(answerMs),
    });
    const type = response.headers.get("content-type");
    if (type?.startsWith("text/event-stream")) {
      const { name, value } = await firstEvent(response);
      const problem = name === "error" ? Status.parse(value) : undefined;
      if (problem !== undefined) return told(problem.status, { code: problem.code });
      return told(200, { value, failures: failuresIn(value) });
    }
    if (type?.startsWith("application/json") !== true) {
      // A file that is not whole has no other way to say so than to break off.
      const code = await response.arrayBuffer().then(
        () => undefined,
        () => "BROKEN_OFF",
      );
      return told(response.status, { code });
    }
    const { json: value } = Wrapped.parse(await response.json());
    if (response.status !== 200) return told(response.status, { code: Coded.safeParse(value).data?.code });
    return told(200, { value, failures: failuresIn(value) });
  } catch (error) {
    return told(0, { code: error instanceof Error ? error.message : String(error) });
  }
}
