import { Kysely, Migrator, type Migration } from "kysely";
import { sqliteDialect } from "./dialect.ts";
import * as auth from "./migrations/0001-auth.ts";
import * as instance from "./migrations/0002-instance.ts";
import * as job from "./migrations/0003-job.ts";
import * as history from "./migrations/0004-history.ts";
import * as remark from "./migrations/0005-remark.ts";
import * as broker from "./migrations/0006-broker.ts";
import type { Database } from "./schema.ts";

export type Store = Kysely<Database>;

const migrations: Record<string, Migration> = {
  "0001-auth": auth,
  "0002-instance": instance,
  "0003-job": job,
  "0004-history": history,
  "0005-remark": remark,
  "0006-broker": broker,
};

/** Opens the store and brings its tables up to date; a store written by a newer console is refused, not guessed at. */
export async function openStore(file: string): Promise<Store> {
  const db = new Kysely<Database>({ dialect: sqliteDialect(file) });
  try {
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve(migrations) },
    }).migrateToLatest();
    if (error !== undefined) throw error;
  } catch (cause) {
    await db.destroy();
    throw new Error(`The store ${file} cannot be brought up to date`, { cause });
  }
  return db;
}
