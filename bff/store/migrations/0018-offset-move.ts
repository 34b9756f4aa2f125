import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("offsetMove")
    .addColumn("instanceId", "text", (c) => c.notNull().references("instance.id").onDelete("cascade"))
    .addColumn("group", "text", (c) => c.notNull())
    .addColumn("topic", "text", (c) => c.notNull())
    .addColumn("brokerName", "text", (c) => c.notNull())
    .addColumn("queueId", "integer", (c) => c.notNull())
    .addColumn("before", "text")
    .addColumn("after", "text", (c) => c.notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addColumn("who", "text", (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("offsetMove_group_idx")
    .on("offsetMove")
    .columns(["instanceId", "group", "topic", "at"])
    .execute();
}
