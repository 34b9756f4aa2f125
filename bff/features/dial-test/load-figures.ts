import { Histogram } from "./histogram.ts";

/** What happened in about a second: counts of it, and rates by how long it was. */
export interface LoadSecond {
  at: number;
  ms: number;
  sent: number;
  failed: number;
  received: number | null;
  bytes: number;
  sendP50: number | null;
  sendP99: number | null;
  endToEndP50: number | null;
  endToEndP99: number | null;
}

/** Counts of a load test, of all of it and of the second that runs. */
export class LoadFigures {
  sent = 0;
  failed = 0;
  received = 0;
  readFailures = 0;
  /** The reason of the latest failure. */
  lastFailure: string | undefined;
  /** How many failed for which reason. */
  readonly failures = new Map<string, number>();
  readonly send = new Histogram();
  readonly endToEnd = new Histogram();
  readonly #size: number;
  readonly #reads: boolean;
  readonly #sendNow = new Histogram();
  readonly #endToEndNow = new Histogram();
  #before = { sent: 0, failed: 0, received: 0, at: performance.now() };

  constructor(options: { size: number; reads: boolean }) {
    this.#size = options.size;
    this.#reads = options.reads;
  }

  didSend(ms: number): void {
    this.sent += 1;
    this.send.add(ms);
    this.#sendNow.add(ms);
  }

  didFail(code: string): void {
    this.failed += 1;
    this.lastFailure = code;
    this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
  }

  didReceive(ms: number): void {
    this.received += 1;
    this.endToEnd.add(ms);
    this.#endToEndNow.add(ms);
  }

  /** The second that ends now; the next begins. */
  second(at: number): LoadSecond {
    const now = performance.now();
    const { sent, failed, received } = this;
    const before = this.#before;
    this.#before = { sent, failed, received, at: now };
    const second: LoadSecond = {
      at,
      ms: Math.round(now - before.at),
      sent: sent - before.sent,
      failed: failed - before.failed,
      received: this.#reads ? received - before.received : null,
      bytes: (sent - before.sent) * this.#size,
      sendP50: this.#sendNow.percentile(0.5),
      sendP99: this.#sendNow.percentile(0.99),
      endToEndP50: this.#endToEndNow.percentile(0.5),
      endToEndP99: this.#endToEndNow.percentile(0.99),
    };
    this.#sendNow.clear();
    this.#endToEndNow.clear();
    return second;
  }
}
