import Sqlite from "better-sqlite3";

const CANNOT_KEEP = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|CORRUPT|NOTADB)/;

/** What the database says when it is its disk, and not what was asked, that stands in the way: full, read-only, broken. */
export const storeFault = (error: unknown): string | undefined =>
  error instanceof Sqlite.SqliteError && CANNOT_KEEP.test(error.code) ? error.message : undefined;
