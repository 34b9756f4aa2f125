import { sql } from "kysely";
import { METRICS, type Label, type Labels } from "#contract/metrics.ts";
import { Slices } from "../rocketmq/slices.ts";
import type { Store } from "../store/store.ts";
import { slotMsOf, type Matrix, type Recording, type Sample, type SeriesQuery, type SeriesSource } from "./series.ts";

interface Options {
  db: Store;
  sampleMs: number;
  keepMs: number;
}

/** The times of a query: the n-th of `points` is `from + n * step`. */
interface Grid {
  from: number;
  step: number;
  points: number;
}

/** The samples of a series in one step; `whole` of them are in slots of which every name was read. */
interface Bucket {
  sum: number | null;
  known: number;
  whole: number;
}

const LABELS = ["broker", "brokerId", "topic", "group"] as const satisfies readonly Label[];
/** A label that a series does not have; of the sum it is all. */
const NO_LABELS = { broker: "", brokerId: "", topic: "", group: "" };
const MOST_POINTS = 2000;
const MOST_VALUES = 64_000;
/** A statement holds up everybody else while it runs. */
const ROWS_A_STATEMENT = 500;
/** How often series that have no samples any more are forgotten. */
const TIDY_MS = 3_600_000;
const NOTHING: Bucket = { sum: null, known: 0, whole: 0 };

/** Which step of the grid a time is in; both databases give a number. */
const pointOf = ({ from, step }: Grid) => sql<number>`cast(floor((t - ${from}) / ${step}) as integer)`;
const countOf = (column: string) => sql<number>`cast(count(${sql.ref(column)}) as integer)`;

/** The console's own short memory of curves, in its store. */
export class SeriesStore implements SeriesSource {
  readonly #options: Options;
  readonly #slotMs: number;
  readonly #ids = new Map<string, number>();
  #tidiedAt = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#slotMs = slotMsOf(options.sampleMs);
  }

  /** Writes what is of a tick and forgets what is too old, in one transaction. */
  async record(instanceId: string, { samples, wholeSlots }: Recording, now: number): Promise<void> {
    const { db, keepMs } = this.#options;
    const write = db.transaction().execute(async (trx) => {
      const slices = new Slices();
      for (let i = 0; i < samples.length; i += ROWS_A_STATEMENT) {
        const part = samples.slice(i, i + ROWS_A_STATEMENT);
        await trx
          .insertInto("sample")
          .values(await this.#rowsOf(trx, instanceId, part))
          .onConflict((c) => c.doNothing())
          .execute();
        // The store answers in the same turn of the event loop.
        await slices.pause();
      }
      if (wholeSlots.length > 0) {
        const rows = wholeSlots.map((slot) => ({ instanceId, ...slot }));
        await trx
          .insertInto("wholeSlot")
          .values(rows)
          .onConflict((c) => c.doNothing())
          .execute();
      }
      // Together: a slot without its samples would say that all was at 0.
      for (const table of ["sample", "wholeSlot"] as const) {
        await trx
          .deleteFrom(table)
          .where("t", "<", now - keepMs)
          .execute();
      }
      if (now - this.#tidiedAt >= TIDY_MS) await this.#tidy(trx, now);
    });
    await write.catch((error: unknown) => {
      // Ids that were given in a transaction that failed do not exist.
      this.#ids.clear();
      throw error;
    });
  }

  /** Means by step, aligned to multiples of the step so that the same moment always falls into the same point. */
  async query(query: SeriesQuery): Promise<Matrix> {
    const grid = this.#gridOf(query);
    if (METRICS[query.metric].every === "tick") return this.#matrix(query, grid, "tick");
    if (grid.step >= this.#slotMs) return this.#matrix(query, grid, "slot");
    const slots = gridOf(query, this.#slotMs);
    const [coarse, fine] = await Promise.all([this.#matrix(query, slots, "slot"), this.#matrix(query, grid, "tick")]);
    const slotOf = (point: number) => Math.floor((grid.from + point * grid.step - slots.from) / slots.step);
    const series = fine.series.map((one, n) => ({
      ...one,
      values: one.values.map((value, point) => value ?? coarse.series[n]?.values[slotOf(point)] ?? null),
    }));
    return { ...fine, series };
  }

  /** Steps that are longer than a slot are whole slots. */
  #gridOf(query: SeriesQuery): Grid {
    const { step = 0, from, to } = query;
    const wished = Math.max(step, this.#options.sampleMs, Math.ceil((to - from) / MOST_POINTS));
    return gridOf(query, wished > this.#slotMs ? Math.ceil(wished / this.#slotMs) * this.#slotMs : wished);
  }

  async #matrix(query: SeriesQuery, grid: Grid, every: "tick" | "slot"): Promise<Matrix> {
    const { metric } = query;
    const most = Math.max(1, Math.floor(MOST_VALUES / grid.points));
    const listed = await this.#listed(query, most + 1);
    const shown = listed.slice(0, most);
    const buckets = await this.#buckets(
      query,
      grid,
      every,
      shown.map(({ id }) => id),
    );
    const whole = every === "slot" ? await this.#wholeSlots(query, grid) : undefined;
    const valueAt = (id: number, point: number) => {
      const { sum, known, whole: told } = buckets.get(id)?.get(point) ?? NOTHING;
      const count = known + (whole === undefined ? 0 : (whole.get(point) ?? 0) - told);
      return count === 0 ? null : (sum ?? 0) / count;
    };
    const series = shown.map(({ id, labels }) => ({
      metric,
      labels,
      values: Array.from({ length: grid.points }, (_, point) => valueAt(id, point)),
    }));
    return { from: grid.from, step: grid.step, series, more: listed.length > most };
  }

  /** The series of a query. One of which nothing is kept has the id 0. */
  async #listed({ instanceId, metric, match, names, sum = false }: SeriesQuery, limit: number) {
    const { labels } = METRICS[metric];
    const [label] = labels;
    const wanted: Labels = sum ? NO_LABELS : (match ?? {});
    const rows = await this.#options.db
      .selectFrom("series")
      .where((e) => e.and({ instanceId, metric, ...wanted }))
      .where((e) => e.and(sum ? [] : labels.map((of) => e(of, "!=", ""))))
      .where((e) => e.and(names === undefined || label === undefined ? [] : [e(label, "in", [...names])]))
      .select(["id", ...LABELS])
      .orderBy("broker")
      .orderBy("brokerId")
      .orderBy("topic")
      .orderBy("group")
      .limit(limit)
      .execute();
    const labelsOf = (of: Labels): Labels => (sum ? {} : Object.fromEntries(labels.map((name) => [name, of[name]])));
    const isOne = labels.every((name) => wanted[name] !== undefined);
    const known = new Set(rows.map((row) => label && row[label]));
    const unkept = (names ?? []).filter((name) => !known.has(name)).map((name) => ({ [label ?? ""]: name, id: 0 }));
    const found = rows.length === 0 && isOne ? [{ ...wanted, id: 0 }] : [...rows, ...unkept];
    return found.map(({ id, ...of }) => ({ id, labels: labelsOf(of) }));
  }

  async #buckets(
    { instanceId, metric, to }: SeriesQuery,
    grid: Grid,
    every: "tick" | "slot",
    ids: readonly number[],
  ): Promise<Map<number, Map<number, Bucket>>> {
    const { db } = this.#options;
    const rows = await db
      .selectFrom(
        db
          .selectFrom("sample")
          .where("seriesId", "in", [...ids])
          .where("perSlot", "=", every === "slot" ? 1 : 0)
          .where("t", ">=", grid.from)
          .where("t", "<=", to)
          .select(["seriesId", "t", "value", pointOf(grid).as("point")])
          .as("kept"),
      )
      .leftJoin("wholeSlot", (join) =>
        join
          .onRef("wholeSlot.t", "=", "kept.t")
          .on("wholeSlot.instanceId", "=", instanceId)
          .on("wholeSlot.metric", "=", metric),
      )
      .groupBy(["kept.seriesId", "kept.point"])
      .select((e) => [
        "kept.seriesId",
        "kept.point",
        e.fn.sum<number | null>("kept.value").as("sum"),
        countOf("kept.value").as("known"),
        countOf("wholeSlot.t").as("whole"),
      ])
      .execute();
    const buckets = new Map<number, Map<number, Bucket>>();
    for (const { seriesId, point, ...bucket } of rows) {
      buckets.set(seriesId, (buckets.get(seriesId) ?? new Map<number, Bucket>()).set(point, bucket));
    }
    return buckets;
  }

  /** How many slots of each step are whole. */
  async #wholeSlots({ instanceId, metric, to }: SeriesQuery, grid: Grid): Promise<Map<number, number>> {
    const { db } = this.#options;
    const rows = await db
      .selectFrom(
        db
          .selectFrom("wholeSlot")
          .where((e) => e.and({ instanceId, metric }))
          .where("t", ">=", grid.from)
          .where("t", "<=", to)
          .select(pointOf(grid).as("point"))
          .as("slot"),
      )
      .groupBy("slot.point")
      .select(["slot.point", countOf("slot.point").as("count")])
      .execute();
    return new Map(rows.map(({ point, count }) => [point, count]));
  }

  /** Forgets an instance. */
  async forget(instanceId: string): Promise<void> {
    const { db } = this.#options;
    await db.deleteFrom("series").where("instanceId", "=", instanceId).execute();
    await db.deleteFrom("wholeSlot").where("instanceId", "=", instanceId).execute();
    this.#ids.clear();
  }

  /** Topics and groups come and go: series without samples go too. */
  async #tidy(db: Pick<Store, "deleteFrom">, now: number): Promise<void> {
    await db
      .deleteFrom("series")
      .where((e) => e.not(e.exists(e.selectFrom("sample").whereRef("sample.seriesId", "=", "series.id").select("t"))))
      .execute();
    this.#ids.clear();
    this.#tidiedAt = now;
  }

  /** Samples by the ids of their series; one statement gives those that are new. */
  async #rowsOf(db: Pick<Store, "insertInto">, instanceId: string, samples: readonly Sample[]) {
    const keyed = samples.map((sample) => ({ ...sample, key: keyOf({ instanceId, ...sample, ...sample.labels }) }));
    const fresh = new Map(
      keyed.flatMap(({ key, metric, labels }) =>
        this.#ids.has(key) ? [] : [[key, { instanceId, metric, ...NO_LABELS, ...labels }]],
      ),
    );
    if (fresh.size > 0) {
      const given = await db
        .insertInto("series")
        .values([...fresh.values()])
        .onConflict((c) =>
          c.columns(["instanceId", "metric", ...LABELS]).doUpdateSet((e) => ({ metric: e.ref("excluded.metric") })),
        )
        .returning(["id", "instanceId", "metric", ...LABELS])
        .execute();
      for (const series of given) this.#ids.set(keyOf(series), series.id);
    }
    return keyed.map(({ key, t, value, perSlot }) => {
      const seriesId = this.#ids.get(key);
      if (seriesId === undefined) throw new Error(`the store gave no id for ${key}`);
      return { seriesId, perSlot: perSlot ? (1 as const) : (0 as const), t, value };
    });
  }
}

function gridOf({ from, to }: SeriesQuery, step: number): Grid {
  const start = Math.floor(from / step) * step;
  return { from: start, step, points: Math.floor((to - start) / step) + 1 };
}

const keyOf = ({ instanceId, metric, ...labels }: Labels & { instanceId: string; metric: string }) =>
  JSON.stringify([instanceId, metric, ...LABELS.map((label) => labels[label] ?? "")]);
