import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("broker")
    .addColumn("instanceId", "text", (c) => c.notNull().references("instance.id").onDelete("cascade"))
    .addColumn("brokerName", "text", (c) => c.notNull())
    .addColumn("brokerId", "bigint", (c) => c.notNull())
    .addColumn("cluster", "text", (c) => c.notNull())
    .addColumn("addr", "text", (c) => c.notNull())
    .addColumn("listedAt", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("broker_pk", ["instanceId", "brokerName", "brokerId"])
    .execute();
}
