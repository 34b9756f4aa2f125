import type { Kysely } from "kysely";
import { columnsOf } from "./columns.ts";

export async function up(db: Kysely<unknown>): Promise<void> {
  const { serial, numbered } = columnsOf(db);
  await db.schema
    .createTable("series")
    .addColumn("id", serial, numbered)
    .addColumn("instanceId", "text", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addUniqueConstraint("series_key", ["instanceId", "key"])
    .execute();
  await db.schema
    .createTable("sample")
    .addColumn("seriesId", "integer", (c) => c.notNull().references("series.id").onDelete("cascade"))
    .addColumn("t", "bigint", (c) => c.notNull())
    .addColumn("value", "double precision", (c) => c.notNull())
    .addPrimaryKeyConstraint("sample_pk", ["seriesId", "t"])
    .execute();
  await db.schema.createIndex("sample_t_idx").on("sample").column("t").execute();
  await db.schema
    .createTable("setting")
    .addColumn("key", "text", (c) => c.primaryKey().notNull())
    .addColumn("value", "text", (c) => c.notNull())
    .execute();
}
