import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("dialMade")
    .addColumn("instanceId", "text", (c) => c.notNull().references("instance.id").onDelete("cascade"))
    .addColumn("jobId", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("dialMade_pk", ["instanceId", "kind", "name"])
    .execute();
}
