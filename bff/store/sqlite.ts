import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import {
  CompiledQuery,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";

/** A lock that another process holds is waited for so long, and asked for again so often. */
const BUSY_MS = 5000;
const AGAIN_MS = 20;

const isBusy = (error: unknown) => error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");

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
    if (isBusy(error)) return undefined;
    throw error;
  }
  return () => void database.close();
}

/**
 * SQLite's own wait for a lock would hold up the whole process. What it refuses is asked again instead, and the one connection that there is
 * serves others meanwhile. A transaction takes the lock as it begins: nothing in it has to wait any more, and it is never begun halfway.
 */
class PatientDriver extends SqliteDriver {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => this.#execute(connection, query),
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async #execute<R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    for (const since = performance.now(); ;) {
      try {
        return await connection.executeQuery<R>(query);
      } catch (error) {
        if (!isBusy(error) || this.#database.inTransaction || performance.now() - since >= BUSY_MS) throw error;
      }
      await this.releaseConnection();
      await pause(AGAIN_MS);
      await super.acquireConnection();
    }
  }
}

class PatientDialect extends SqliteDialect {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new PatientDriver(this.#database);
  }
}

/** A store that a restart may reopen at once: WAL survives a killed process, and `NORMAL` costs no fsync a commit. */
export function sqliteDialect(file: string): Dialect {
  if (file !== ":memory:") makeOwnFile(file);
  const database = new Sqlite(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("busy_timeout = 0");
  database.pragma("foreign_keys = ON");
  return new PatientDialect(database);
}
