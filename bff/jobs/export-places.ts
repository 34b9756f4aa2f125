import { Problem } from "../base/problem.ts";

/** Exports of one person that wait or run. */
const OF_ONE = 4;

export interface ExportPlace {
  readonly username: string;
  runs: boolean;
}

/** Places of the jobs that anybody who reads may start, so that those of one person keep nobody waiting. */
export class ExportPlaces {
  readonly #held = new Set<ExportPlace>();

  /** Throws TOO_MANY_EXPORTS where somebody has as many already. */
  take(username: string): ExportPlace {
    if ([...this.#held].filter((one) => one.username === username).length >= OF_ONE)
      throw new Problem("TOO_MANY_EXPORTS", { params: { max: OF_ONE } });
    const place = { username, runs: false };
    this.#held.add(place);
    return place;
  }

  /** Begins it if it may: one of each person runs, and of so many jobs at once one is left for others. */
  begin(place: ExportPlace, maxJobs: number): boolean {
    const running = [...this.#held].filter(({ runs }) => runs);
    const isFull = running.length >= Math.max(1, maxJobs - 1);
    if (isFull || running.some(({ username }) => username === place.username)) return false;
    place.runs = true;
    return true;
  }

  leave(place: ExportPlace): void {
    this.#held.delete(place);
  }
}
