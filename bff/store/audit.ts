import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { z } from "zod";
import { AuditEntry, type AuditFilter, type AuditSubject, type AuditTargets } from "#contract/audit.ts";
import type { AuditTable } from "./schema.ts";
import type { Store } from "./store.ts";

/** Entries of strangers that are kept within a minute: they must not be able to fill the disk. */
const STRANGERS = 60;
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
  #strangers = { since: 0, kept: 0, unrecorded: 0 };

  constructor(db: Store, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Keeps that something begins, before it does; what is returned keeps how it ended. Rejects where the store takes no entry. */
  async begin(start: AuditStart, { stranger = false } = {}): Promise<EndAudit> {
    const since = this.#now();
    const took = () => Math.max(0, this.#now() - since);
    if (stranger && !this.#hasRoom()) {
      return async (end) => {
        // A stranger who succeeds is none.
        if (end.outcome === "ok") await this.#insert({ ...start, ...end }, since, took());
        else this.#strangers.unrecorded += 1;
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

  #hasRoom(): boolean {
    const age = this.#now() - this.#strangers.since;
    if (age < 0 || age >= MINUTE_MS) this.#strangers = { ...this.#strangers, since: this.#now(), kept: 0 };
    if (this.#strangers.kept >= STRANGERS) return false;
    this.#strangers.kept += 1;
    return true;
  }

  async #insert(entry: AuditStart & AuditEnd, at: number, ms: number | null): Promise<string> {
    const id = randomUUID();
    const { unrecorded } = this.#strangers;
    this.#strangers.unrecorded = 0;
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
      this.#strangers.unrecorded += unrecorded;
      throw error;
    });
    return id;
  }
}
