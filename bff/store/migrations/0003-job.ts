import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("job")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("params", "text", (c) => c.notNull())
    .addColumn("instanceId", "text")
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("total", "integer")
    .addColumn("ok", "integer", (c) => c.notNull())
    .addColumn("failed", "integer", (c) => c.notNull())
    .addColumn("skipped", "integer", (c) => c.notNull())
    .addColumn("done", "integer", (c) => c.notNull())
    .addColumn("summary", "text")
    .addColumn("error", "text")
    .addColumn("startedBy", "text", (c) => c.notNull())
    .addColumn("createdAt", "bigint", (c) => c.notNull())
    .addColumn("startedAt", "bigint")
    .addColumn("finishedAt", "bigint")
    .execute();
  await db.schema.createIndex("job_createdAt_idx").on("job").column("createdAt").execute();
  await db.schema
    .createTable("jobRow")
    .addColumn("jobId", "text", (c) => c.notNull().references("job.id").onDelete("cascade"))
    .addColumn("n", "integer", (c) => c.notNull())
    .addColumn("key", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("code", "text")
    .addColumn("detail", "text")
    .addColumn("data", "text")
    .addColumn("at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("jobRow_pk", ["jobId", "n"])
    .execute();
}
