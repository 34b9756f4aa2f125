import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { SqliteDialect, type Dialect } from "kysely";

/** Sessions are in it: no other user of the machine may read it, whatever its directory allows. SQLite gives its side files the same mode. */
function makeOwnFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Of a file that SQLite has open nobody else may close a descriptor: its locks would go with that.
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
}

/**
 * Takes a lock that the operating system ends with the process, however that ends; undefined while somebody holds it.
 * SQLite alone may open the file: whoever closes another descriptor of it gives the lock up.
 */
export function takeLock(file: string): (() => void) | undefined {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new Sqlite(file, { timeout: 0 });
  try {
    database.pragma("journal_mode = MEMORY");
    database.exec("BEGIN EXCLUSIVE");
    chmodSync(file, 0o600);
    const { uid, gid } = statSync(dirname(file));
    // Made by root for a console that runs as somebody else, it has to be that one's.
    if (process.getuid?.() === 0) chownSync(file, uid, gid);
  } catch (error) {
    database.close();
    if (error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
  return () => void database.close();
}

/** A store that a restart may reopen at once: WAL survives a killed process, and `NORMAL` costs no fsync a commit. */
export function sqliteDialect(file: string): Dialect {
  if (file !== ":memory:") makeOwnFile(file);
  const database = new Sqlite(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 5000");
  database.pragma("foreign_keys = ON");
  return new SqliteDialect({ database });
}
