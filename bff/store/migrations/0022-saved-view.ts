import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("savedView")
    .addColumn("id", "text", (c) => c.primaryKey().notNull())
    .addColumn("instanceId", "text", (c) => c.notNull().references("instance.id").onDelete("cascade"))
    .addColumn("page", "text", (c) => c.notNull())
    .addColumn("owner", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("query", "text", (c) => c.notNull())
    .addColumn("shared", "integer", (c) => c.notNull())
    .addColumn("savedAt", "bigint", (c) => c.notNull())
    .addUniqueConstraint("savedView_name_uq", ["instanceId", "page", "owner", "name"])
    .execute();
}
