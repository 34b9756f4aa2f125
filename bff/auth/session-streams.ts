import type { Store } from "../store/store.ts";

/** Sessions also end by themselves, or by a command beside the console, which nobody tells. */
const CHECK_MS = 5000;

/** What is being streamed, by session, so that it ends when that does. */
export class SessionStreams {
  readonly #db: Store;
  readonly #now: () => number;
  readonly #open = new Map<AbortController, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Store, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async *during<T>(
    sessionId: string,
    signal: AbortSignal,
    stream: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void> {
    const over = new AbortController();
    this.#open.set(over, sessionId);
    this.#timer ??= setInterval(() => void this.check().catch(() => undefined), CHECK_MS).unref();
    try {
      for await (const item of stream(AbortSignal.any([signal, over.signal]))) {
        if (over.signal.aborted) return;
        yield item;
      }
    } finally {
      this.#open.delete(over);
      if (this.#open.size === 0) this.#stopChecking();
    }
  }

  end(sessionId: string): void {
    for (const [over, id] of this.#open) if (id === sessionId) over.abort();
  }

  /** Ends the streams of sessions that are over. */
  async check(): Promise<void> {
    if (this.#open.size === 0) return;
    const rows = await this.#db
      .selectFrom("session")
      .select("id")
      .where("id", "in", [...new Set(this.#open.values())])
      .where("expiresAt", ">", new Date(this.#now()).toISOString())
      .execute();
    const lasting = new Set(rows.map(({ id }) => id));
    for (const [over, id] of this.#open) if (!lasting.has(id)) over.abort();
  }

  #stopChecking(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
