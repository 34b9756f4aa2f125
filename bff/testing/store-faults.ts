import { sql } from "kysely";
import { databaseTypeOf } from "../store/dialect.ts";
import type { Store } from "../store/store.ts";
import { administer } from "./test-store.ts";

type Mended = () => Promise<void>;

interface Faults {
  /** Rows of jobs find no room any more, nor does the end of a session. */
  fill: (db: Store) => Promise<Mended>;
  /** What is said then. */
  full: string;
  makeReadOnly: (db: Store) => Promise<Mended>;
  readOnly: string;
}

const sqlite: Faults = {
  full: "database or disk is full",
  async fill(db) {
    // By itself ending a session needs no room.
    await sql`create trigger no_room before delete on session begin
      insert into setting (key, value) values (hex(randomblob(8)), hex(randomblob(100000))); end`.execute(db);
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count ?? 0)}`.execute(db);
    return async () => {
      await sql`pragma max_page_count = 1073741823`.execute(db);
      await sql`drop trigger no_room`.execute(db);
    };
  },
  readOnly: "attempt to write a readonly database",
  async makeReadOnly(db) {
    await sql`pragma query_only = on`.execute(db);
    return async () => void (await sql`pragma query_only = off`.execute(db));
  },
};

const tables = ["session", "jobRow"] as const;

const postgres: Faults = {
  full: "could not extend file: No space left on device",
  async fill(db) {
    await sql`create function no_room() returns trigger language plpgsql as
      ${sql.lit(`begin raise exception '${postgres.full}' using errcode = 'disk_full'; end`)}`.execute(db);
    for (const table of tables)
      await sql`create trigger no_room before ${sql.raw(table === "session" ? "delete" : "insert or update")}
        on ${sql.table(table)} execute function no_room()`.execute(db);
    return async () => void (await sql`drop function no_room cascade`.execute(db));
  },
  readOnly: "in a read-only transaction",
  async makeReadOnly(db) {
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
    const name = rows[0]?.name ?? "";
    // As after a fail-over: connections break, and the database that is then there takes no writes.
    const turn = async (readOnly: boolean) => {
      await administer(`alter database ${name} set default_transaction_read_only = ${readOnly}`);
      await administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    };
    await turn(true);
    return () => turn(false);
  },
};

/** How a store comes to fail, by its kind. */
export const faultsOf = (db: Store): Faults => (databaseTypeOf(db) === "postgres" ? postgres : sqlite);
