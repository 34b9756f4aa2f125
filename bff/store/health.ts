import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "pino";
import { storeFault } from "../base/store-fault.ts";
import type { Store } from "./store.ts";

const KEEP_MS = 5000;
const ANSWER_MS = 5000;
const KEY = "lastWritten";

/** Whether the store can be written, which only writing tells; not asked more than every five seconds. */
export class StoreHealth {
  readonly #db: Store;
  readonly #log: Logger;
  readonly #now: () => number;
  #last: { at: number; fault: Promise<string | undefined> } | undefined;
  #told: string | undefined;

  constructor(db: Store, log: Logger, now: () => number) {
    this.#db = db;
    this.#log = log;
    this.#now = now;
  }

  /** Why it cannot be written. */
  fault(): Promise<string | undefined> {
    const t = this.#now();
    const age = t - (this.#last?.at ?? -Infinity);
    if (this.#last === undefined || age < 0 || age >= KEEP_MS) this.#last = { at: t, fault: this.#write(t) };
    return this.#last.fault;
  }

  async #write(t: number): Promise<string | undefined> {
    const value = String(t);
    const written = this.#db
      .insertInto("setting")
      .values({ key: KEY, value })
      .onConflict((c) => c.column("key").doUpdateSet({ value }))
      .execute()
      .then(
        () => undefined,
        (error: unknown) => storeFault(error) ?? String(error),
      );
    // The network may have swallowed the question.
    const silence = pause(ANSWER_MS, "the database does not answer", { ref: false });
    const fault = await Promise.race([written, silence]);
    if (fault !== undefined && fault !== this.#told) this.#log.error({ fault }, "the store cannot be written");
    if (fault === undefined && this.#told !== undefined) this.#log.info("the store can be written again");
    this.#told = fault;
    return fault;
  }
}
