import { randomUUID } from "node:crypto";
import type { ImportCheck, ImportRow, ImportRowState } from "#contract/csv-import.ts";
import { Problem } from "../../problem.ts";
import type { TextFile } from "./import-file.ts";
import type { ReadTable } from "./import-rows.ts";

const KEPT_MS = 30 * 60_000;
/** Rows of large files take some MB each. */
const KEPT_CHECKS = 16;

export type CheckedFile = Pick<TextFile, "name" | "encoding"> & ReadTable;

export interface Check {
  id: string;
  instanceId: string;
  file: CheckedFile;
  brokers: string[];
  rows: ImportRow[];
  failures: ImportCheck["failures"];
  at: number;
  /** Set by the first start, so that a second one is the same job. */
  job?: Promise<string>;
  jobId?: string;
}

/** Dry runs of one kind of import, for as long as they are kept. */
export class ImportChecks {
  readonly #checks = new Map<string, Check>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  keep(check: Omit<Check, "id" | "at">): Check {
    const kept: Check = { ...check, id: randomUUID(), at: this.#now() };
    this.#checks.set(kept.id, kept);
    for (const [id, { at }] of this.#checks) {
      if (this.#checks.size > KEPT_CHECKS || at + KEPT_MS <= this.#now()) this.#checks.delete(id);
    }
    return kept;
  }

  get(instanceId: string, id: string): Check {
    const check = this.#checks.get(id);
    if (check === undefined || check.instanceId !== instanceId || check.at + KEPT_MS <= this.#now()) {
      throw new Problem("IMPORT_EXPIRED");
    }
    return check;
  }
}

export function presentCheck(check: Check): ImportCheck {
  const counts: Record<ImportRowState, number> = { create: 0, exists: 0, differs: 0, invalid: 0 };
  for (const { state } of check.rows) counts[state] += 1;
  return {
    id: check.id,
    fileName: check.file.name,
    encoding: check.file.encoding,
    ignoredColumns: check.file.ignoredColumns,
    brokers: check.brokers,
    total: check.rows.length,
    counts,
    failures: check.failures,
    at: check.at,
    expiresAt: check.at + KEPT_MS,
    jobId: check.jobId ?? null,
  };
}
