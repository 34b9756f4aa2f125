import type { Kysely } from "kysely";

export async function up<DB>(db: Kysely<DB>): Promise<void> {
  const letter = ["instanceId", "topic", "brokerName", "queueId", "queueOffset", "storedAt"] as const;
  await db.schema
    .createTable("resent")
    .addColumn("instanceId", "text", (c) => c.notNull())
    .addColumn("topic", "text", (c) => c.notNull())
    .addColumn("brokerName", "text", (c) => c.notNull())
    .addColumn("queueId", "integer", (c) => c.notNull())
    .addColumn("queueOffset", "text", (c) => c.notNull())
    .addColumn("storedAt", "bigint", (c) => c.notNull())
    .addColumn("target", "text", (c) => c.notNull())
    .addColumn("msgId", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("sentTo", "text")
    .addColumn("sentBy", "text", (c) => c.notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addColumn("jobId", "text")
    .addPrimaryKeyConstraint("resent_pk", [...letter])
    .execute();
  await db.schema.createIndex("resent_at_idx").on("resent").column("at").execute();
}
