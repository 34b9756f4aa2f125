import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("audit")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addColumn("who", "text", (c) => c.notNull())
    .addColumn("userId", "text")
    .addColumn("row", "text", (c) => c.notNull())
    .addColumn("action", "text")
    .addColumn("instanceId", "text")
    .addColumn("subject", "text", (c) => c.notNull())
    .addColumn("planId", "text")
    .addColumn("jobId", "text")
    .addColumn("outcome", "text", (c) => c.notNull())
    .addColumn("targets", "text")
    .addColumn("address", "text")
    .addColumn("requestId", "text")
    .addColumn("ms", "bigint")
    .addColumn("unrecorded", "bigint", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("audit_at_idx").on("audit").column("at").execute();
}
