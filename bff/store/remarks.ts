import type { Store } from "./store.ts";

export type RemarkKind = "topic" | "group";

/** Remarks on what RocketMQ keeps none for, by name; asked for few names they are read for those alone. */
export async function readRemarks(
  db: Store,
  instanceId: string,
  kind: RemarkKind,
  names?: readonly string[],
): Promise<Map<string, string>> {
  let query = db
    .selectFrom("remark")
    .select(["name", "text"])
    .where("instanceId", "=", instanceId)
    .where("kind", "=", kind);
  if (names !== undefined) {
    if (names.length === 0) return new Map();
    query = query.where("name", "in", names);
  }
  const rows = await query.execute();
  return new Map(rows.map((row) => [row.name, row.text]));
}

/** Keeps a remark; an empty one is forgotten. */
export async function writeRemark(
  db: Store,
  key: { instanceId: string; kind: RemarkKind; name: string },
  text: string,
): Promise<void> {
  if (text === "") {
    await db
      .deleteFrom("remark")
      .where("instanceId", "=", key.instanceId)
      .where("kind", "=", key.kind)
      .where("name", "=", key.name)
      .execute();
    return;
  }
  const row = { ...key, text, updatedAt: Date.now() };
  await db
    .insertInto("remark")
    .values(row)
    .onConflict((c) => c.columns(["instanceId", "kind", "name"]).doUpdateSet({ text, updatedAt: row.updatedAt }))
    .execute();
}
