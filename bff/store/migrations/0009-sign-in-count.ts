import type { Kysely } from "kysely";

/** Failures to sign in were counted by name alone, by which anybody could lock anybody out. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable("signInFailure").execute();
  await db.schema
    .createTable("signInCount")
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("source", "text", (c) => c.notNull())
    .addColumn("failures", "integer", (c) => c.notNull())
    .addColumn("since", "bigint", (c) => c.notNull())
    .addColumn("until", "bigint", (c) => c.notNull())
    .addPrimaryKeyConstraint("signInCount_pk", ["name", "source"])
    .execute();
}
