/** How fast messages went through one process, and its CPU time for each. */
export interface Rate {
  perSecond: number;
  cpuMicros: number;
}

/** Wall and CPU time of this process from now on. */
export class Meter {
  readonly #startedAt = performance.now();
  readonly #cpu = process.cpuUsage();

  rate(count: number): Rate {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { perSecond: (count * 1000) / (performance.now() - this.#startedAt), cpuMicros: (user + system) / count };
  }
}
