import type { Logger } from "pino";

interface Work {
  /** As the log names it. */
  what: string;
  everyMs: number;
  run: () => void | Promise<void>;
}

/** What the console does by itself again and again. Whoever is made only says what; the server starts all of it, and stops it. */
export class Background {
  readonly #log: Logger;
  readonly #work: Work[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  add(work: Work): void {
    this.#work.push(work);
  }

  /** Each is done at once, and then whenever its time has passed again. */
  start(): void {
    for (const work of this.#work) {
      void this.#do(work);
      this.#timers.push(setInterval(() => void this.#do(work), work.everyMs).unref());
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #do({ what, run }: Work): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#log.error({ err: error }, `${what} failed`);
    }
  }
}
