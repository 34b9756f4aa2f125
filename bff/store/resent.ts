import type { Selectable } from "kysely";
import type { ResentTable } from "./schema.ts";
import type { Store } from "./store.ts";

/** What is remembered of a dead letter that was sent once more. `sending` is written before a broker is asked. */
export type Resent = Selectable<ResentTable>;

/** A queue of a dead letter topic, as an instance has it. */
type LetterQueue = Pick<Resent, "instanceId" | "topic" | "brokerName" | "queueId">;
export type LetterKey = LetterQueue & Pick<Resent, "queueOffset" | "storedAt" | "letterId">;

/** How many are remembered in all; nothing more is sent beyond, since it could be sent twice. */
const RESENT_MAX = 1_000_000;
/** Longer than any broker of ours keeps messages. */
const KEPT_MS = 400 * 86_400_000;

export const letterName = ({ queueOffset, storedAt }: Pick<LetterKey, "queueOffset" | "storedAt">): string =>
  `${queueOffset} ${storedAt}`;

/** Of some dead letters of one queue those that are remembered, through whichever instance of the cluster they were sent, by `letterName`. */
export async function resentOf(
  db: Store,
  { instanceId, topic, brokerName, queueId }: LetterQueue,
  letters: readonly (Pick<LetterKey, "queueOffset" | "storedAt"> & { letterId?: string })[],
): Promise<Map<string, Resent>> {
  const offsets = letters.map(({ queueOffset }) => queueOffset);
  const rows = await db
    .selectFrom("resent")
    .selectAll()
    .where("topic", "=", topic)
    .where("brokerName", "=", brokerName)
    .where("queueId", "=", queueId)
    .where("queueOffset", "in", offsets)
    .execute();
  const asked = new Map(letters.map((letter) => [letterName(letter), letter.letterId]));
  const isOld = ({ letterId }: Resent) => letterId === instanceId;
  const known = rows.filter((row) => {
    const id = asked.get(letterName(row));
    return isOld(row) || (id === undefined ? row.instanceId === instanceId : row.letterId === id);
  });
  const newestLast = [...known.filter(isOld), ...known.filter((row) => !isOld(row))];
  return new Map(newestLast.filter((row) => asked.has(letterName(row))).map((row) => [letterName(row), row]));
}

/** Marks dead letters of one queue as being sent, those that nobody else has marked meanwhile; by `letterName`. */
export async function claimNew(db: Store, rows: readonly Resent[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const claimed = await db
    .insertInto("resent")
    .values([...rows])
    .onConflict((c) => c.doNothing())
    .returning(["queueOffset", "storedAt"])
    .execute();
  return new Set(claimed.map(letterName));
}

const keyed = ({ topic, brokerName, queueId, queueOffset, storedAt, letterId }: LetterKey, msgId: string) => ({
  topic,
  brokerName,
  queueId,
  queueOffset,
  storedAt,
  letterId,
  msgId,
});

/** Marks one that is remembered as being sent again, if it still is what it was. */
export async function claimAgain(db: Store, before: Resent, now: Resent): Promise<boolean> {
  return change(db, before, before.msgId, now, before.state);
}

/** Keeps what became of one that was being sent under an id. */
export async function settleResent(
  db: Store,
  letter: LetterKey & Pick<Resent, "msgId">,
  settled: Partial<Pick<Resent, "state" | "sentTo">>,
): Promise<void> {
  await change(db, letter, letter.msgId, settled);
}

async function change(db: Store, key: LetterKey, msgId: string, to: Partial<Resent>, from?: Resent["state"]) {
  const matching = { ...keyed(key, msgId), ...(from !== undefined && { state: from }) };
  const done = await db
    .updateTable("resent")
    .set(to)
    .where((eb) => eb.and(matching))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** One that certainly was not sent is what it was before. */
export async function releaseResent(
  db: Store,
  claimed: LetterKey & Pick<Resent, "msgId">,
  before?: Resent,
): Promise<void> {
  if (before !== undefined) {
    await change(db, claimed, claimed.msgId, before);
    return;
  }
  await db
    .deleteFrom("resent")
    .where((eb) => eb.and(keyed(claimed, claimed.msgId)))
    .execute();
}

/** Forgets those of a queue that were stored before the oldest that it still has, and sent through the instance: a queue of another cluster may be called alike. */
export async function forgetBefore(db: Store, queue: LetterQueue, oldest: number): Promise<void> {
  const { instanceId, topic, brokerName, queueId } = queue;
  await db
    .deleteFrom("resent")
    .where((eb) => eb.and({ instanceId, topic, brokerName, queueId }))
    .where("storedAt", "<", oldest)
    .execute();
}

/** Whether so many are remembered that no more may be sent; the oldest that no broker can have any more are forgotten first. */
export async function resentIsFull(db: Store, now: number, most = RESENT_MAX): Promise<boolean> {
  await db
    .deleteFrom("resent")
    .where("at", "<", now - KEPT_MS)
    .execute();
  const { count } = await db
    .selectFrom("resent")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return count >= most;
}
