import { sql, type Kysely } from "kysely";

/** A dead letter is known by itself, whichever instance of its cluster it was sent through; those kept before belong to their instance. */
export async function up<DB>(db: Kysely<DB>): Promise<void> {
  const letter = ["topic", "brokerName", "queueId", "queueOffset", "storedAt", "letterId"] as const;
  await db.schema
    .createTable("resentLetter")
    .addColumn("instanceId", "text", (c) => c.notNull())
    .addColumn("topic", "text", (c) => c.notNull())
    .addColumn("brokerName", "text", (c) => c.notNull())
    .addColumn("queueId", "integer", (c) => c.notNull())
    .addColumn("queueOffset", "text", (c) => c.notNull())
    .addColumn("storedAt", "bigint", (c) => c.notNull())
    .addColumn("letterId", "text", (c) => c.notNull())
    .addColumn("target", "text", (c) => c.notNull())
    .addColumn("msgId", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("sentTo", "text")
    .addColumn("sentBy", "text", (c) => c.notNull())
    .addColumn("at", "bigint", (c) => c.notNull())
    .addColumn("jobId", "text")
    .addPrimaryKeyConstraint("resentLetter_pk", [...letter])
    .execute();
  const kept = sql.raw(
    `"instanceId", "topic", "brokerName", "queueId", "queueOffset", "storedAt", "target", "msgId", "state", "sentTo", "sentBy", "at", "jobId"`,
  );
  await sql`insert into "resentLetter" (${kept}, "letterId") select ${kept}, "instanceId" from "resent"`.execute(db);
  await db.schema.dropTable("resent").execute();
  await db.schema.alterTable("resentLetter").renameTo("resent").execute();
  await db.schema.createIndex("resent_at_idx").on("resent").column("at").execute();
}
