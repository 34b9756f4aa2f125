import type { Store } from "../store/store.ts";

const RETRY_MS = 5000;

/** Ends sessions. One that the store cannot be told of is refused all the same, and the store told as soon as it can be. */
export class EndedSessions {
  readonly #db: Store;
  readonly #untold = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Store) {
    this.#db = db;
  }

  has(sessionId: string): boolean {
    return this.#untold.has(sessionId);
  }

  async end(sessionId: string): Promise<void> {
    this.#untold.add(sessionId);
    try {
      await this.#db.deleteFrom("session").where("id", "=", sessionId).execute();
      this.#untold.delete(sessionId);
    } catch (error) {
      this.#timer ??= setInterval(() => void this.#tell(), RETRY_MS).unref();
      throw error;
    }
  }

  async #tell(): Promise<void> {
    const ids = [...this.#untold];
    try {
      await this.#db.deleteFrom("session").where("id", "in", ids).execute();
    } catch {
      return;
    }
    for (const id of ids) this.#untold.delete(id);
    if (this.#untold.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
