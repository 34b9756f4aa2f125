import { sql } from "kysely";
import type { Store } from "../store/store.ts";

export interface Sample {
  instanceId: string;
  /** Name of the curve, e.g. `produceTps` or `disk@broker-a:0`. */
  key: string;
  t: number;
  value: number;
}

export interface SeriesQuery {
  instanceId: string;
  keys: readonly string[];
  from: number;
  to: number;
  /** Wished distance of points in milliseconds. */
  step?: number;
}

export interface SeriesResult {
  from: number;
  step: number;
  series: Record<string, (number | null)[]>;
}

interface Options {
  db: Store;
  sampleMs: number;
  keepMs: number;
}

const MOST_POINTS = 2000;
/** Three bound values a row; SQLite takes 32,766 in a statement. */
const ROWS_A_STATEMENT = 2000;

/** The console's own short memory of curves, in its store. */
export class History {
  readonly #options: Options;
  readonly #seriesIds = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes the samples of a tick and forgets the ones that are too old, in one transaction. */
  async record(samples: readonly Sample[], now: number): Promise<void> {
    const { db, keepMs } = this.#options;
    const write = db.transaction().execute(async (trx) => {
      const rows: { seriesId: number; t: number; value: number }[] = [];
      for (const sample of samples) {
        rows.push({ seriesId: await this.#seriesId(trx, sample), t: sample.t, value: sample.value });
      }
      for (let i = 0; i < rows.length; i += ROWS_A_STATEMENT) {
        const part = rows.slice(i, i + ROWS_A_STATEMENT);
        await trx
          .insertInto("sample")
          .values(part)
          .onConflict((c) => c.doNothing())
          .execute();
      }
      await trx
        .deleteFrom("sample")
        .where("t", "<", now - keepMs)
        .execute();
    });
    await write.catch((error: unknown) => {
      // Ids that were given in a transaction that failed do not exist.
      this.#seriesIds.clear();
      throw error;
    });
  }

  /** Means by step, aligned to multiples of the step so that the same moment always falls into the same point. */
  async series(query: SeriesQuery): Promise<SeriesResult> {
    const { db, sampleMs } = this.#options;
    const step = Math.max(query.step ?? 0, sampleMs, Math.ceil((query.to - query.from) / MOST_POINTS));
    const from = Math.floor(query.from / step) * step;
    const points = Math.floor((query.to - from) / step) + 1;
    const bucket = sql<number>`floor((sample.t - ${from}) / ${step})`;
    const rows = await db
      .selectFrom("sample")
      .innerJoin("series", "series.id", "sample.seriesId")
      .where("series.instanceId", "=", query.instanceId)
      .where("series.key", "in", [...query.keys])
      .where("sample.t", ">=", from)
      .where("sample.t", "<=", query.to)
      .groupBy(["series.key", bucket])
      .select(["series.key", bucket.as("bucket"), (e) => e.fn.avg<number>("sample.value").as("value")])
      .execute();
    const series: SeriesResult["series"] = {};
    for (const key of query.keys) series[key] = Array.from({ length: points }, () => null);
    for (const row of rows) {
      const values = series[row.key];
      if (values !== undefined && row.bucket < points) values[row.bucket] = row.value;
    }
    return { from, step, series };
  }

  /** Forgets an instance. */
  async forget(instanceId: string): Promise<void> {
    await this.#options.db.deleteFrom("series").where("instanceId", "=", instanceId).execute();
    for (const key of this.#seriesIds.keys()) if (key.startsWith(`${instanceId} `)) this.#seriesIds.delete(key);
  }

  async #seriesId(db: Pick<Store, "insertInto">, { instanceId, key }: Sample): Promise<number> {
    const cacheKey = `${instanceId} ${key}`;
    const known = this.#seriesIds.get(cacheKey);
    if (known !== undefined) return known;
    const { id } = await db
      .insertInto("series")
      .values({ instanceId, key })
      .onConflict((c) => c.columns(["instanceId", "key"]).doUpdateSet({ key }))
      .returning("id")
      .executeTakeFirstOrThrow();
    this.#seriesIds.set(cacheKey, id);
    return id;
  }
}
