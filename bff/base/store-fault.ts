import Sqlite from "better-sqlite3";
import { DatabaseError } from "pg";

const SQLITE_CANNOT_KEEP = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|CORRUPT|NOTADB)/;
/** Connection exceptions, want of disk, memory or connections, shutdowns, faults of the system, broken files, a transaction that is read-only. */
const POSTGRES_CANNOT_KEEP = /^(08|53|57P|58|XX00[12]|25006)/;
/** Who the console is, or which database it wants, is not known there (any more). */
const POSTGRES_REFUSES = /^(28|3D000)/;

/** No connection to the database, or one that broke. Which address it has is nobody's business. */
export class StoreUnreachable extends Error {
  constructor(cause: unknown) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    super(`the database cannot be reached${code}`, { cause });
    this.name = "StoreUnreachable";
  }

  /** What the database itself answered stands as it is. */
  static unlessAnswered(error: unknown): unknown {
    return error instanceof DatabaseError ? error : new StoreUnreachable(error);
  }
}

/** What the database says when it is its disk, and not what was asked, that stands in the way: full, read-only, broken, out of reach. */
export function storeFault(error: unknown): string | undefined {
  if (error instanceof StoreUnreachable) return error.message;
  if (error instanceof Sqlite.SqliteError) return SQLITE_CANNOT_KEEP.test(error.code) ? error.message : undefined;
  if (!(error instanceof DatabaseError)) return undefined;
  const code = error.code ?? "";
  if (POSTGRES_REFUSES.test(code)) return `the database refuses the console (${code})`;
  return POSTGRES_CANNOT_KEEP.test(code) ? error.message : undefined;
}
