import { randomUUID } from "node:crypto";
import { Problem } from "../../../base/problem.ts";
import type { Scan } from "./scan.ts";

/** Paused scans that are kept for one person, and how long. */
const OF_ONE = 8;
const KEPT_MS = 15 * 60_000;

interface Paused {
  scan: Scan;
  username: string;
  /** What was asked for. */
  of: string;
  until: number;
}

/** Scans that wait to be gone on with: where thousands of queues are fits in no link. */
export class ScanPauses {
  readonly #now: () => number;
  readonly #kept = new Map<string, Paused>();

  constructor(now: () => number) {
    this.#now = now;
  }

  keep(username: string, of: object, scan: Scan): string {
    this.#forget();
    const own = [...this.#kept].filter(([, paused]) => paused.username === username);
    const [oldest] = own;
    if (own.length >= OF_ONE && oldest !== undefined) this.#kept.delete(oldest[0]);
    const id = randomUUID();
    this.#kept.set(id, { scan, username, of: JSON.stringify(of), until: this.#now() + KEPT_MS });
    return id;
  }

  /** Throws SCAN_EXPIRED where it is not kept, or is not theirs, or of something else. */
  take(username: string, of: object, id: string): Scan {
    this.#forget();
    const paused = this.#kept.get(id);
    if (paused === undefined || paused.username !== username || paused.of !== JSON.stringify(of))
      throw new Problem("SCAN_EXPIRED");
    this.#kept.delete(id);
    return paused.scan;
  }

  #forget(): void {
    const now = this.#now();
    for (const [id, { until }] of this.#kept) if (until <= now) this.#kept.delete(id);
  }
}
