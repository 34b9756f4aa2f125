import Sqlite from "better-sqlite3";
import { PostgresAdapter, sql, type Kysely } from "kysely";
import { DatabaseError } from "pg";

const UNIQUE_VIOLATION = "23505";

/** Which of the two databases a store is, for what they have no common words for. */
export const databaseTypeOf = <DB>(db: Kysely<DB>): "postgres" | "sqlite" =>
  db.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";

/** The time that all who share the store agree on: machines have clocks of their own, a SQLite file has one machine. */
export async function storeClock<DB>(db: Kysely<DB>, now: () => number): Promise<number> {
  if (databaseTypeOf(db) === "sqlite") return now();
  const { rows } = await sql<{
    ms: number;
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms`.execute(db);
  const [row] = rows;
  return row === undefined ? now() : row.ms;
}

/** A row that may stand only once stands there already. */
export const isDuplicate = (error: unknown): boolean =>
  (error instanceof Sqlite.SqliteError && /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)$/.test(error.code)) ||
  (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION);
