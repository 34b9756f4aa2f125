import { createReadStream } from "node:fs";
import { mkdir, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { extname, join, parse } from "node:path";
import type { Logger } from "pino";
import { JobRow } from "#contract/job.ts";
import { Problem } from "../base/problem.ts";
import type { Appended } from "./filed.ts";
import { FILE_ENDING } from "./job-file.ts";

const ENDING = ".jsonl";
const ENDINGS = new Set([ENDING, FILE_ENDING]);
const LINE_MAX = 1_048_576;

function rowOf(line: string): JobRow {
  try {
    return JobRow.parse(JSON.parse(line));
  } catch (cause) {
    throw new Problem("RESULTS_MISSING", {}, { cause });
  }
}

/** Lines of parts, each of which is looked at once; a line that no row can be is a problem. */
async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let pieces: string[] = [];
  let length = 0;
  for await (const part of parts) {
    const [first = "", ...others] = part.split("\n");
    pieces.push(first);
    length += first.length;
    if (length > LINE_MAX) throw new Problem("RESULTS_MISSING");
    if (others.length === 0) continue;
    yield pieces.join("");
    const rest = others.pop() ?? "";
    yield* others;
    pieces = [rest];
    length = rest.length;
  }
  if (length > 0) yield pieces.join("");
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "INTERNAL_SERVER_ERROR";

/** Outcomes of jobs that the store has no room for: a file of JSON lines a job, on the console that ran it. */
export class ResultFiles {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #log: Logger;
  #failing = false;

  constructor(dir: string, maxBytes: number, log: Logger) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  /** Writes rows behind the first `at` bytes, in place of whatever is there. */
  async append(jobId: string, at: number, rows: readonly JobRow[]): Promise<Appended> {
    const lines: string[] = [];
    let bytes = at;
    for (const row of rows) {
      const line = `${JSON.stringify(row)}\n`;
      const end = bytes + Buffer.byteLength(line);
      if (end > this.#maxBytes || line.length > LINE_MAX) break;
      bytes = end;
      lines.push(line);
    }
    if (lines.length === 0) return { fit: 0, bytes };
    try {
      if (at === 0) await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      else await truncate(this.#path(jobId), at);
      // On the disk before the store counts it, or a crash of the machine leaves rows in neither.
      await writeFile(this.#path(jobId), lines.join(""), { mode: 0o600, flag: at > 0 ? "a" : "w", flush: true });
      this.#failing = false;
      return { fit: lines.length, bytes };
    } catch (error) {
      if (!this.#failing) this.#log.error({ err: error, jobId }, "outcomes of a job cannot be written to its file");
      this.#failing = true;
      return { fit: 0, bytes: at, fault: codeOf(error) };
    }
  }

  /** The rows in the first so many bytes; a file that has not all of them gives a problem. */
  async *read(jobId: string, bytes: number): AsyncGenerator<JobRow, void> {
    if (bytes === 0) return;
    const file = await stat(this.#path(jobId)).catch(() => undefined);
    if (file === undefined || file.size < bytes) throw new Problem("RESULTS_MISSING");
    const parts: AsyncIterable<string> = createReadStream(this.#path(jobId), { encoding: "utf8", end: bytes - 1 });
    for await (const line of linesOf(parts)) yield rowOf(line);
  }

  /** Leaves only the files of jobs that there are, those that they made included, which are asked for once the files are known. */
  async keepOnly(jobIds: () => Promise<ReadonlySet<string>>): Promise<void> {
    const names = await readdir(this.#dir).catch(() => []);
    const files = names.filter((name) => ENDINGS.has(extname(name)));
    if (files.length === 0) return;
    const ids = await jobIds();
    const gone = files.filter((name) => !ids.has(parse(name).name));
    await Promise.all(gone.map((name) => rm(join(this.#dir, name), { force: true })));
  }

  #path(jobId: string): string {
    return join(this.#dir, `${jobId}${ENDING}`);
  }
}
