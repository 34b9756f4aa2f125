import { Problem } from "../../../base/problem.ts";
import { filterOf, type ScanFilter } from "./scan-filter.ts";

/** An expression that took too long is not tried again before. */
const COSTLY_MS = 10 * 60_000;
const COSTLY_KEPT = 1000;

/** Which expressions took too long, however they were written. */
export class CostlyFilters {
  readonly #now: () => number;
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Throws BAD_REQUEST at its field, and SCAN_TOO_COSTLY. */
  filterOf(expression: string): ScanFilter {
    const filter = filterOf(expression);
    const until = this.#until.get(filter.normal);
    if (until !== undefined && until > this.#now()) throw new Problem("SCAN_TOO_COSTLY");
    return filter;
  }

  /** Remembers the filter where that is why its scan ended. */
  ended({ normal }: ScanFilter, error: unknown): void {
    if (!(error instanceof Problem && error.code === "SCAN_TOO_COSTLY")) return;
    if (this.#until.size >= COSTLY_KEPT) this.#until.clear();
    this.#until.set(normal, this.#now() + COSTLY_MS);
  }
}
