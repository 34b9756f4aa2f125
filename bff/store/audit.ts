import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { z } from "zod";
import { AuditEntry, type AuditFilter, type AuditSubject, type AuditTargets } from "#contract/audit.ts";
import type { AuditTable } from "./schema.ts";
import type { Store } from "./store.ts";

/** Entries that are kept within a minute of all strangers together, and refusals of one person: nobody must be able to fill the disk. */
const A_MINUTE = 60;
const MINUTE_MS = 60_000;

/** What is known when something begins. */
export interface AuditStart {
  who: string;
  userId?: string;
  row: string;
  action?: string;
  instanceId?: string;
  subject?: AuditSubject;
  planId?: string;
  jobId?: string;
  address?: string;
  requestId?: string;
}

/** What is known once it is over, and corrections of what was known before. */
export interface AuditEnd extends Partial<AuditStart> {
  outcome: string;
  targets?: AuditTargets;
}

export type EndAudit = (end: AuditEnd) => Promise<void>;

type Query = z.infer<typeof AuditFilter> & { order?: "asc" | "desc"; page: number; pageSize: number };

function toEntry(row: Selectable<AuditTable>): AuditEntry {
  return AuditEntry.parse({
    ...row,
    subject: JSON.parse(row.subject),
    targets: row.targets === null ? null : JSON.parse(row.targets),
  });
}

const columnsOf = ({ subject, targets, ...rest }: Partial<AuditEnd>) => ({
  ...rest,
  ...(subject !== undefined && { subject: JSON.stringify(subject) }),
  ...(targets !== undefined && { targets: JSON.stringify(targets) }),
});

/** Who did what. Entries are added, ended once, and deleted by their age alone. */
export class AuditLog {
  readonly #db: Store;
  readonly #now: () => number;
  /** What was kept of strangers (an empty name) and of each person within the minute. */
  readonly #rooms = new Map<string, { since: number; kept: number }>();
  #unrecorded = 0;

  constructor(db: Store, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Keeps that something begins, before it does; what is returned keeps how it ended. Rejects where the store takes no entry. */
  async begin(start: AuditStart, { stranger = false } = {}): Promise<EndAudit> {
    const since = this.#now();
    const took = () => Math.max(0, this.#now() - since);
    if (stranger && !this.#hasRoom("")) {
      return async (end) => {
        // A stranger who succeeds is none.
        if (end.outcome === "ok") await this.#insert({ ...start, ...end }, since, took());
        else this.#unrecorded += 1;
      };
    }
    const id = await this.#insert({ ...start, outcome: "begun" }, since, null);
    return async (end) => {
      await this.#db
        .updateTable("audit")
        .set({ ...columnsOf(end), ms: took() })
        .where("id", "=", id)
        .where("outcome", "=", "begun")
        .execute();
    };
  }

  /** Keeps what is over already. */
  async add(entry: AuditStart & AuditEnd): Promise<void> {
    await this.#insert(entry, this.#now(), null);
  }

  /** Keeps that somebody was refused before anything began. */
  async refused(entry: AuditStart & AuditEnd): Promise<void> {
    if (this.#hasRoom(entry.userId ?? "")) await this.add(entry);
    else this.#unrecorded += 1;
  }

  async list(query: Query): Promise<{ items: AuditEntry[]; total: number }> {
    let found = this.#db.selectFrom("audit");
    for (const column of ["who", "row", "action", "instanceId"] as const) {
      const value = query[column];
      if (value !== undefined) found = found.where(column, "=", value);
    }
    if (query.from !== undefined) found = found.where("at", ">=", query.from);
    if (query.to !== undefined) found = found.where("at", "<", query.to);
    const order = query.order ?? "desc";
    const [rows, { total }] = await Promise.all([
      found
        .selectAll()
        .orderBy("at", order)
        .orderBy("id", order)
        .limit(query.pageSize)
        .offset((query.page - 1) * query.pageSize)
        .execute(),
      found.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow(),
    ]);
    return { items: rows.map(toEntry), total: Number(total) };
  }

  async deleteBefore(at: number): Promise<void> {
    await this.#db.deleteFrom("audit").where("at", "<", at).execute();
  }

  #hasRoom(who: string): boolean {
    const { since, kept } = this.#rooms.get(who) ?? { since: 0, kept: 0 };
    const age = this.#now() - since;
    const over = age < 0 || age >= MINUTE_MS;
    if (!over && kept >= A_MINUTE) return false;
    this.#rooms.set(who, over ? { since: this.#now(), kept: 1 } : { since, kept: kept + 1 });
    return true;
  }

  async #insert(entry: AuditStart & AuditEnd, at: number, ms: number | null): Promise<string> {
    const id = randomUUID();
    const unrecorded = this.#unrecorded;
    this.#unrecorded = 0;
    const write = this.#db
      .insertInto("audit")
      .values({
        subject: "{}",
        ...columnsOf(entry),
        id,
        at,
        ms,
        unrecorded,
        who: entry.who,
        row: entry.row,
        outcome: entry.outcome,
      })
      .execute();
    await write.catch((error: unknown) => {
      this.#unrecorded += unrecorded;
      throw error;
    });
    return id;
  }
}
