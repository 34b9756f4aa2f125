import type { Kysely } from "kysely";
import { columnsOf } from "./columns.ts";

/**
 * Series have a metric and labels instead of one key. What was kept under keys, a day as a rule, is dropped: rewriting
 * millions of samples would hold up the start for longer than they are worth.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { serial, numbered } = columnsOf(db);
  await db.schema.dropTable("sample").execute();
  await db.schema.dropTable("series").execute();
  await db.schema
    .createTable("series")
    .addColumn("id", serial, numbered)
    .addColumn("instanceId", "text", (c) => c.notNull())
    .addColumn("metric", "text", (c) => c.notNull())
    .addColumn("broker", "text", (c) => c.notNull())
    .addColumn("brokerId", "text", (c) => c.notNull())
    .addColumn("topic", "text", (c) => c.notNull())
    .addColumn("group", "text", (c) => c.notNull())
    .addUniqueConstraint("series_labels", ["instanceId", "metric", "broker", "brokerId", "topic", "group"])
    .execute();
  await db.schema
    .createTable("sample")
    .addColumn("seriesId", "integer", (c) => c.notNull().references("series.id").onDelete("cascade"))
    .addColumn("perSlot", "integer", (c) => c.notNull())
    .addColumn("t", "bigint", (c) => c.notNull())
    .addColumn("value", "double precision")
    .addPrimaryKeyConstraint("sample_pk", ["seriesId", "perSlot", "t"])
    .execute();
  await db.schema.createIndex("sample_t_idx").on("sample").column("t").execute();
  await db.schema
    .createTable("wholeSlot")
    .addColumn("instanceId", "text", (c) => c.notNull())
    .addColumn("metric", "text", (c) => c.notNull())
    .addColumn("t", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("wholeSlot_pk", ["instanceId", "metric", "t"])
    .execute();
  await db.schema.createIndex("wholeSlot_t_idx").on("wholeSlot").column("t").execute();
}
