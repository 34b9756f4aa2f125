import { sql } from "kysely";
import type { Store } from "../store/store.ts";
import { Slices } from "../rocketmq/slices.ts";

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

/** The samples of a curve in one step. */
interface Bucket {
  sum: number;
  count: number;
}

interface Options {
  db: Store;
  sampleMs: number;
  keepMs: number;
}

const MOST_POINTS = 2000;
/** A statement holds up everybody else while it runs. */
const ROWS_A_STATEMENT = 500;
/** How often names of curves that have no samples any more are forgotten. */
const TIDY_MS = 3_600_000;
const EMPTY: Bucket = { sum: 0, count: 0 };

/** The console's own short memory of curves, in its store. */
export class History {
  readonly #options: Options;
  readonly #seriesIds = new Map<string, number>();
  #tidiedAt = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Writes the samples of a tick and forgets the ones that are too old, in one transaction. */
  async record(samples: readonly Sample[], now: number): Promise<void> {
    const { db, keepMs } = this.#options;
    const write = db.transaction().execute(async (trx) => {
      const slices = new Slices();
      for (let i = 0; i < samples.length; i += ROWS_A_STATEMENT) {
        const part = samples.slice(i, i + ROWS_A_STATEMENT);
        await trx
          .insertInto("sample")
          .values(await this.#rowsOf(trx, part))
          .onConflict((c) => c.doNothing())
          .execute();
        // The store answers in the same turn of the event loop.
        await slices.pause();
      }
      await trx
        .deleteFrom("sample")
        .where("t", "<", now - keepMs)
        .execute();
      if (now - this.#tidiedAt >= TIDY_MS) await this.#tidy(trx, now);
    });
    await write.catch((error: unknown) => {
      // Ids that were given in a transaction that failed do not exist.
      this.#seriesIds.clear();
      throw error;
    });
  }

  /** The distance of points that a query gets. */
  stepOf({ step = 0, from, to }: Omit<SeriesQuery, "keys">): number {
    return Math.max(step, this.#options.sampleMs, Math.ceil((to - from) / MOST_POINTS));
  }

  /**
   * Means by step, aligned to multiples of the step so that the same moment always falls into the same point.
   * Of curves that have a `wholeOf` only what is not 0 is kept: where the curve of that name has a sample, a missing one was 0.
   */
  async series(query: SeriesQuery, wholeOf?: (key: string) => string): Promise<SeriesResult> {
    const { keys, to } = query;
    const step = this.stepOf(query);
    const from = Math.floor(query.from / step) * step;
    const points = Math.floor((to - from) / step) + 1;
    const wanted = wholeOf === undefined ? keys : [...keys, ...keys.map(wholeOf)];
    const buckets = await this.#buckets({ ...query, keys: wanted, from }, step);
    const at = (key: string, point: number) => buckets.get(key)?.get(point) ?? EMPTY;
    const mean = (key: string, point: number) => {
      const { sum, count } = at(key, point);
      const known = wholeOf === undefined ? count : Math.max(count, at(wholeOf(key), point).count);
      return known === 0 ? null : sum / known;
    };
    const curve = (key: string) => Array.from({ length: points }, (_, point) => mean(key, point));
    return { from, step, series: Object.fromEntries(keys.map((key) => [key, curve(key)])) };
  }

  async #buckets({ instanceId, keys, from, to }: SeriesQuery, step: number): Promise<Map<string, Map<number, Bucket>>> {
    const bucket = sql<number>`floor((sample.t - ${from}) / ${step})`;
    const rows = await this.#options.db
      .selectFrom("sample")
      .innerJoin("series", "series.id", "sample.seriesId")
      .where("series.instanceId", "=", instanceId)
      .where("series.key", "in", [...keys])
      .where("sample.t", ">=", from)
      .where("sample.t", "<=", to)
      .groupBy(["series.key", bucket])
      .select((e) => [
        "series.key",
        bucket.as("bucket"),
        e.fn.sum<number>("sample.value").as("sum"),
        e.fn.countAll<number>().as("count"),
      ])
      .execute();
    const buckets = new Map<string, Map<number, Bucket>>();
    for (const { key, bucket: point, ...sums } of rows) {
      buckets.set(key, (buckets.get(key) ?? new Map<number, Bucket>()).set(point, sums));
    }
    return buckets;
  }

  /** Forgets an instance. */
  async forget(instanceId: string): Promise<void> {
    await this.#options.db.deleteFrom("series").where("instanceId", "=", instanceId).execute();
    for (const key of this.#seriesIds.keys()) if (key.startsWith(`${instanceId} `)) this.#seriesIds.delete(key);
  }

  /** Topics and groups come and go: curves without samples go too. */
  async #tidy(db: Pick<Store, "deleteFrom">, now: number): Promise<void> {
    await db
      .deleteFrom("series")
      .where((e) => e.not(e.exists(e.selectFrom("sample").whereRef("sample.seriesId", "=", "series.id").select("t"))))
      .execute();
    this.#seriesIds.clear();
    this.#tidiedAt = now;
  }

  /** Samples by the ids of their curves; one statement gives those that are new. */
  async #rowsOf(db: Pick<Store, "insertInto">, samples: readonly Sample[]) {
    const fresh = samples.filter((sample) => !this.#seriesIds.has(cacheKey(sample)));
    if (fresh.length > 0) {
      const given = await db
        .insertInto("series")
        .values(fresh.map(({ instanceId, key }) => ({ instanceId, key })))
        .onConflict((c) => c.columns(["instanceId", "key"]).doUpdateSet((e) => ({ key: e.ref("excluded.key") })))
        .returning(["id", "instanceId", "key"])
        .execute();
      for (const series of given) this.#seriesIds.set(cacheKey(series), series.id);
    }
    return samples.map((sample) => {
      const seriesId = this.#seriesIds.get(cacheKey(sample));
      if (seriesId === undefined) throw new Error(`the store gave no id for ${cacheKey(sample)}`);
      return { seriesId, t: sample.t, value: sample.value };
    });
  }
}

const cacheKey = ({ instanceId, key }: Pick<Sample, "instanceId" | "key">) => `${instanceId} ${key}`;
