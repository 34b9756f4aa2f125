import Sqlite from "better-sqlite3";
import { PostgresAdapter, type Kysely } from "kysely";
import { DatabaseError } from "pg";

const UNIQUE_VIOLATION = "23505";

/** Which of the two databases a store is, for what they have no common words for. */
export const databaseTypeOf = <DB>(db: Kysely<DB>): "postgres" | "sqlite" =>
  db.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";

/** A row that may stand only once stands there already. */
export const isDuplicate = (error: unknown): boolean =>
  (error instanceof Sqlite.SqliteError && /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(error.code)) ||
  (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION);
