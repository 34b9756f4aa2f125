import { sql, type Kysely } from "kysely";

/** Tokens of sessions were kept as they are; now only their hashes are, so whoever is signed in signs in once more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`delete from "session"`.execute(db);
}
