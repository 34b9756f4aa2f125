import { stringify } from "csv-stringify/sync";
import type { JobRow } from "#contract/job.ts";

const ROWS_A_CHUNK = 500;

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Rows as CSV with BOM, a part at a time: what the kind of job adds becomes columns, and no cell can start a formula in a spreadsheet.
 * They are read twice, since the last may be the first to have one of these; the first time before anything is answered, so that a fault of theirs can be.
 */
export async function jobRowsCsv(rows: () => AsyncIterable<JobRow>): Promise<AsyncGenerator<string, void>> {
  const added = new Set<string>();
  for await (const { data = {} } of rows()) for (const name of Object.keys(data)) added.add(name);
  return parts(rows(), [...added]);
}

async function* parts(rows: AsyncIterable<JobRow>, added: readonly string[]): AsyncGenerator<string, void> {
  yield stringify([["n", "key", "state", "code", "detail", "at", ...added]], { bom: true });
  let chunk: string[][] = [];
  const text = () => stringify(chunk, { escape_formulas: true });
  for await (const row of rows) {
    const own = added.map((name) => cell(row.data?.[name]));
    const at = new Date(row.at).toISOString();
    chunk.push([String(row.n), row.key, row.state, cell(row.code), cell(row.detail), at, ...own]);
    if (chunk.length < ROWS_A_CHUNK) continue;
    yield text();
    chunk = [];
  }
  if (chunk.length > 0) yield text();
}
