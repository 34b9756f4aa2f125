import { sql, type Kysely } from "kysely";

/** A name belongs to one instance in use; those that came to share one are numbered, the oldest keeps it. */
export async function up<DB>(db: Kysely<DB>): Promise<void> {
  const { rows } = await sql<{ id: string; name: string }>`
    select "id", "name" from "instance" where "recycledAt" is null order by "createdAt", "id"`.execute(db);
  const all = new Set(rows.map(({ name }) => name));
  const given = new Set<string>();
  for (const { id, name } of rows) {
    if (!given.has(name)) given.add(name);
    else {
      let n = 2;
      while (all.has(`${name} ${n}`)) n += 1;
      all.add(`${name} ${n}`);
      await sql`update "instance" set "name" = ${`${name} ${n}`} where "id" = ${id}`.execute(db);
    }
  }
  await db.schema
    .createIndex("instance_name_idx")
    .unique()
    .on("instance")
    .column("name")
    .where(sql.ref("recycledAt"), "is", null)
    .execute();
}
