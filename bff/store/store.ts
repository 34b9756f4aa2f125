import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Kysely, Migrator, type Migration } from "kysely";
import { StartError } from "../base/start-error.ts";
import { sqliteDialect, takeLock } from "./dialect.ts";
import * as auth from "./migrations/0001-auth.ts";
import * as instance from "./migrations/0002-instance.ts";
import * as job from "./migrations/0003-job.ts";
import * as history from "./migrations/0004-history.ts";
import * as remark from "./migrations/0005-remark.ts";
import * as broker from "./migrations/0006-broker.ts";
import * as jobOwner from "./migrations/0007-job-owner.ts";
import * as instanceName from "./migrations/0008-instance-name.ts";
import * as signInCount from "./migrations/0009-sign-in-count.ts";
import type { Database } from "./schema.ts";

export type Store = Kysely<Database>;

const migrations: Record<string, Migration> = {
  "0001-auth": auth,
  "0002-instance": instance,
  "0003-job": job,
  "0004-history": history,
  "0005-remark": remark,
  "0006-broker": broker,
  "0007-job-owner": jobOwner,
  "0008-instance-name": instanceName,
  "0009-sign-in-count": signInCount,
};

/** Two consoles on one store would each take the other's jobs for left over, and know nothing of sessions that ended. */
function lockOf(file: string): (() => void) | undefined {
  const dir = dirname(file);
  try {
    return takeLock(join(dir, "rocketdeck.lock"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`The data directory ${dir} cannot be used: ${why}.`, { cause });
  }
}

class LockedStore extends Kysely<Database> {
  readonly #release: () => void;

  constructor(file: string, release: () => void) {
    super({ dialect: sqliteDialect(file) });
    this.#release = release;
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    this.#release();
  }
}

const migratorOf = (db: Store) => new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });

async function openUpToDate(file: string, release: () => void): Promise<Store> {
  let db: Store | undefined;
  try {
    db = new LockedStore(file, release);
    const { error } = await migratorOf(db).migrateToLatest();
    if (error !== undefined) throw error;
    return db;
  } catch (cause) {
    await (db?.destroy() ?? release());
    throw new Error(`The store ${file} cannot be brought up to date`, { cause });
  }
}

/**
 * Opens the store for this process alone and brings its tables up to date;
 * one written by a newer console is refused, not guessed at.
 */
export async function openStore(file: string): Promise<Store> {
  const release = file === ":memory:" ? () => undefined : lockOf(file);
  if (release !== undefined) return openUpToDate(file, release);
  throw new StartError(
    `Another console runs on the data directory ${dirname(file)}.\nStop it first, or give this one a directory of its own: ROCKETDECK_DATA_DIR.`,
  );
}

/** Opens the store of a console that may be running, unless `alone`; never makes one. */
export async function openExistingStore(file: string, alone: boolean): Promise<Store> {
  const dir = dirname(file);
  if (!existsSync(file))
    throw new StartError(`No console has run on the data directory ${dir}: see ROCKETDECK_DATA_DIR, or start it once.`);
  const release = lockOf(file);
  if (release !== undefined) return openUpToDate(file, release);
  if (alone) throw new StartError(`A console runs on the data directory ${dir}. Stop it first.`);
  const db = new LockedStore(file, () => undefined);
  const pending = (await migratorOf(db).getMigrations()).filter(({ executedAt }) => executedAt === undefined);
  if (pending.length === 0) return db;
  await db.destroy();
  throw new StartError(
    `The console that runs on ${dir} is of an older version. Stop it first, or use its own command.`,
  );
}
