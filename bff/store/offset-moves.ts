import type { OffsetMoveTable } from "./schema.ts";
import type { Store } from "./store.ts";

/** Rows that one statement writes: SQLite binds 32,766 values. */
const ROWS_AT_ONCE = 500;

/** How the console moved a group in a queue. */
export type OffsetMove = Pick<OffsetMoveTable, "brokerName" | "queueId" | "before" | "after">;

interface Moved {
  instanceId: string;
  group: string;
  topic: string;
}

/** Keeps what a reset did. */
export async function keepOffsetMoves(
  db: Store,
  { instanceId, group, topic }: Moved,
  { at, who, moves }: { at: number; who: string; moves: readonly OffsetMove[] },
): Promise<void> {
  for (let from = 0; from < moves.length; from += ROWS_AT_ONCE) {
    const rows = moves.slice(from, from + ROWS_AT_ONCE).map(({ brokerName, queueId, before, after }) => {
      return { instanceId, group, topic, brokerName, queueId, before, after, at, who };
    });
    await db.insertInto("offsetMove").values(rows).execute();
  }
}

/** What resets did to a group in some queues of a topic, oldest first. */
export function offsetMovesOf(
  db: Store,
  { instanceId, group, topic }: Moved,
  queueIds: readonly number[],
): Promise<OffsetMoveTable[]> {
  return db
    .selectFrom("offsetMove")
    .selectAll()
    .where("instanceId", "=", instanceId)
    .where("group", "=", group)
    .where("topic", "=", topic)
    .where("queueId", "in", queueIds)
    .orderBy("at")
    .execute();
}

/** Of a group that was deleted: one made anew under its name was never moved. */
export async function forgetMovesOf(
  db: Store,
  { instanceId, group }: Pick<Moved, "instanceId" | "group">,
): Promise<void> {
  await db.deleteFrom("offsetMove").where("instanceId", "=", instanceId).where("group", "=", group).execute();
}

export async function forgetOffsetMoves(db: Store, before: number): Promise<void> {
  await db.deleteFrom("offsetMove").where("at", "<", before).execute();
}
