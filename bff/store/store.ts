import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  HandleEmptyInListsPlugin,
  Kysely,
  Migrator,
  replaceWithNoncontingentExpression,
  type Dialect,
  type Migration,
} from "kysely";
import type { Config } from "../base/config.ts";
import { StartError } from "../base/start-error.ts";
import { storeFault } from "../base/store-fault.ts";
import * as auth from "./migrations/0001-auth.ts";
import * as instance from "./migrations/0002-instance.ts";
import * as job from "./migrations/0003-job.ts";
import * as history from "./migrations/0004-history.ts";
import * as remark from "./migrations/0005-remark.ts";
import * as broker from "./migrations/0006-broker.ts";
import * as jobOwner from "./migrations/0007-job-owner.ts";
import * as instanceName from "./migrations/0008-instance-name.ts";
import * as signInCount from "./migrations/0009-sign-in-count.ts";
import * as audit from "./migrations/0010-audit.ts";
import * as series from "./migrations/0011-series.ts";
import * as jobFiled from "./migrations/0015-job-filed.ts";
import * as sessionToken from "./migrations/0016-session-token.ts";
import * as jobFile from "./migrations/0017-job-file.ts";
import * as offsetMove from "./migrations/0018-offset-move.ts";
import * as dialMade from "./migrations/0021-dial-made.ts";
import * as savedView from "./migrations/0022-saved-view.ts";
import * as resent from "./migrations/0024-resent.ts";
import * as resentLetter from "./migrations/0025-resent-letter.ts";
import { postgresDialect } from "./postgres.ts";
import * as plan from "./migrations/0014-plan.ts";
import type { Database } from "./schema.ts";
import { sqliteDialect, takeLock } from "./sqlite.ts";

export type Store = Kysely<Database>;

export const migrations: Record<string, Migration> = {
  "0001-auth": auth,
  "0002-instance": instance,
  "0003-job": job,
  "0004-history": history,
  "0005-remark": remark,
  "0006-broker": broker,
  "0007-job-owner": jobOwner,
  "0008-instance-name": instanceName,
  "0009-sign-in-count": signInCount,
  "0010-audit": audit,
  "0011-series": series,
  "0014-plan": plan,
  "0015-job-filed": jobFiled,
  "0016-session-token": sessionToken,
  "0017-job-file": jobFile,
  "0018-offset-move": offsetMove,
  "0021-dial-made": dialMade,
  "0022-saved-view": savedView,
  "0024-resent": resent,
  "0025-resent-letter": resentLetter,
};

/** Of SQLite the file, or `:memory:`; of PostgreSQL the URL of a database, with whatever password it holds. */
export const storePlace = ({ databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">): string =>
  databaseUrl ?? join(dataDir, "rocketdeck.db");

const isPostgres = (place: string) => /^postgres(ql)?:/.test(place);

/** How a place may be called where others read it. */
function nameOf(place: string): string {
  if (!isPostgres(place)) return place;
  const { host, pathname } = new URL(place);
  return `PostgreSQL ${host}${pathname}`;
}

/** Two consoles on one file would each hold up the other, and know nothing of sessions that ended. A database has as many as it likes. */
function lockOf(place: string): (() => void) | undefined {
  if (place === ":memory:" || isPostgres(place)) return () => undefined;
  const dir = dirname(place);
  try {
    return takeLock(join(dir, "rocketdeck.lock"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`The data directory ${dir} cannot be used: ${why}.`, { cause });
  }
}

class OwnStore extends Kysely<Database> {
  readonly #release: () => void;

  constructor(dialect: Dialect, release: () => void) {
    // `in ()` is SQL in SQLite alone.
    super({ dialect, plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })] });
    this.#release = release;
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    this.#release();
  }
}

const open = (place: string, release: () => void): Store =>
  new OwnStore(isPostgres(place) ? postgresDialect(place) : sqliteDialect(place), release);

const migratorOf = (db: Store) => new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });

async function openUpToDate(place: string, release: () => void): Promise<Store> {
  let db: Store | undefined;
  try {
    db = open(place, release);
    const { error } = await migratorOf(db).migrateToLatest();
    if (error !== undefined) throw error;
    return db;
  } catch (cause) {
    await (db?.destroy() ?? release());
    const fault = isPostgres(place) ? storeFault(cause) : undefined;
    if (fault !== undefined) throw new StartError(`The store ${nameOf(place)} cannot be used: ${fault}.`, { cause });
    throw new Error(`The store ${nameOf(place)} cannot be brought up to date`, { cause });
  }
}

/**
 * Opens the store and brings its tables up to date, a file for this process alone;
 * one written by a newer console is refused, not guessed at.
 */
export async function openStore(place: string): Promise<Store> {
  const release = lockOf(place);
  if (release !== undefined) return openUpToDate(place, release);
  throw new StartError(
    `Another console runs on the data directory ${dirname(place)}.\nStop it first, or give this one a directory of its own: ROCKETDECK_DATA_DIR.`,
  );
}

/** A store as it stands, which has to be as this console's own would be. */
async function openAsItIs(place: string): Promise<Store> {
  const db = open(place, () => undefined);
  const refused = async (why: string, cause?: unknown): Promise<StartError> => {
    await db.destroy();
    return new StartError(why, { cause });
  };
  const known = await migratorOf(db)
    .getMigrations()
    .catch(async (error: unknown) => {
      const fault = storeFault(error);
      throw fault === undefined ? error : await refused(`The store ${nameOf(place)} cannot be used: ${fault}.`, error);
    });
  const pending = known.filter(({ executedAt }) => executedAt === undefined);
  if (pending.length === 0) return db;
  if (pending.length === known.length)
    throw await refused(`No console has run on ${nameOf(place)}: see ROCKETDECK_DATABASE_URL, or start it once.`);
  throw await refused(
    `The console that runs on ${isPostgres(place) ? nameOf(place) : dirname(place)} is of an older version. Stop it first, or use its own command.`,
  );
}

/** Opens the store of a console that may be running, unless `alone`; never makes one. Of a database nobody can tell who else uses it. */
export async function openExistingStore(place: string, alone: boolean): Promise<Store> {
  if (isPostgres(place)) return openAsItIs(place);
  const dir = dirname(place);
  if (!existsSync(place))
    throw new StartError(`No console has run on the data directory ${dir}: see ROCKETDECK_DATA_DIR, or start it once.`);
  const release = lockOf(place);
  if (release !== undefined) return openUpToDate(place, release);
  if (alone) throw new StartError(`A console runs on the data directory ${dir}. Stop it first.`);
  return openAsItIs(place);
}
