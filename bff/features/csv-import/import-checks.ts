import { randomUUID } from "node:crypto";
import type { ImportCheck, ImportRow, ImportRowState } from "#contract/csv-import.ts";
import { Problem } from "../../base/problem.ts";
import type { TextFile } from "./import-file.ts";
import type { ReadTable } from "./import-rows.ts";

const KEPT_MS = 30 * 60_000;
const KEPT_FILES = 16;
/** Rows of large files take some MB a check; two for each file on average leave room to go back. */
const KEPT_CHECKS = 32;

export type CheckedFile = Pick<TextFile, "name" | "encoding"> & ReadTable;

/** Of which instance a check is, and whose: it is there for nobody else. */
export interface CheckOwner {
  instanceId: string;
  madeBy: string;
}

export interface Check extends CheckOwner {
  id: string;
  file: CheckedFile;
  brokers: string[];
  placement: ImportCheck["placement"];
  rows: ImportRow[];
  failures: ImportCheck["failures"];
  at: number;
  job?: Promise<string> | undefined;
  jobId?: string;
}

/**
 * Dry runs of one kind of import, each kept for a while. Where there are too many, the file that has most of them
 * loses its oldest: whoever checks a file again and again, for other brokers, pushes out nobody else's checks.
 */
export class ImportChecks {
  /** Checks by file, the one checked last at the end. */
  readonly #files = new Map<CheckedFile, Check[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  keep(check: Omit<Check, "id" | "at">): Check {
    const kept: Check = { ...check, id: randomUUID(), at: this.#now() };
    const before = this.#files.get(kept.file) ?? [];
    this.#files.delete(kept.file);
    this.#files.set(kept.file, [...before, kept]);
    this.makeRoom();
    return kept;
  }

  get size(): number {
    return [...this.#files.values()].flat().length;
  }

  get({ instanceId, madeBy }: CheckOwner, id: string): Check {
    const check = [...this.#files.values()].flat().find((kept) => kept.id === id);
    const isTheirs = check?.instanceId === instanceId && check.madeBy === madeBy;
    if (!isTheirs || this.#isOver(check)) throw new Problem("IMPORT_EXPIRED");
    return check;
  }

  #isOver({ at }: Check): boolean {
    return at + KEPT_MS <= this.#now();
  }

  /** Forgets checks that are over, and the oldest where there are too many. */
  makeRoom(): void {
    for (const [file, checks] of this.#files) {
      const fresh = checks.filter((check) => !this.#isOver(check));
      if (fresh.length === 0 || this.#files.size > KEPT_FILES) this.#files.delete(file);
      else this.#files.set(file, fresh);
    }
    const lists = [...this.#files.values()];
    while (lists.flat().length > KEPT_CHECKS) {
      lists.reduce((most, checks) => (checks.length > most.length ? checks : most)).shift();
    }
  }
}

/** The job of a check, the same however often it is started; after a start that failed the check may be started again. */
export function startOnce(check: Check, start: () => Promise<{ id: string }>): Promise<string> {
  const begin = async (): Promise<string> => {
    try {
      return (check.jobId = (await start()).id);
    } catch (error) {
      check.job = undefined;
      throw error;
    }
  };
  return (check.job ??= begin());
}

export function presentCheck(check: Check): ImportCheck {
  const counts: Record<ImportRowState, number> = { create: 0, exists: 0, differs: 0, invalid: 0 };
  for (const { state } of check.rows) counts[state] += 1;
  return {
    id: check.id,
    fileName: check.file.name,
    encoding: check.file.encoding,
    columns: check.file.columns,
    ignoredColumns: check.file.ignoredColumns,
    placement: check.placement,
    brokers: check.brokers,
    total: check.rows.length,
    counts,
    failures: check.failures,
    at: check.at,
    expiresAt: check.at + KEPT_MS,
    jobId: check.jobId ?? null,
  };
}
