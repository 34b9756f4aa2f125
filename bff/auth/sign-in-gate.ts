import pLimit from "p-limit";
import { Problem } from "../base/problem.ts";
import type { Counted, SignInCounts } from "./sign-in-counts.ts";

interface Door {
  of: Counted;
  /** Attempts that wait or are under way. */
  here: number;
  underWay: number;
  /** How many may be under way at once: each may turn out to be a failure. */
  most: number;
  waiting: (() => void)[];
}

const keyOf = ({ name, source }: Counted): string => JSON.stringify([name, source]);

export const lockedOut = (ms: number): Problem =>
  new Problem("LOCKED_OUT", { params: { seconds: Math.max(1, Math.ceil(ms / 1000)) } });

/**
 * Lets attempts to sign in through as long as their failures would be free; those beyond wait for the outcome of the
 * ones before them. So any number of right passwords pass at once, and no more wrong ones than one after the other.
 */
export class SignInGate {
  readonly #counts: SignInCounts;
  readonly #doors = new Map<string, Door>();
  /** Between reading counts and deciding by them nobody may write any. */
  readonly #alone = pLimit(1);

  constructor(counts: SignInCounts) {
    this.#counts = counts;
  }

  /** `refused` tells a wrong password from a fault, which counts for nothing. */
  async pass<T>(
    counted: readonly Counted[],
    attempt: () => Promise<T>,
    refused: (error: unknown) => boolean,
  ): Promise<T> {
    const doors = counted.map((one) => this.#door(one));
    try {
      await this.#enter(doors);
      try {
        const result = await attempt();
        await this.#alone(() => this.#counts.succeeded(counted));
        return result;
      } catch (error) {
        if (refused(error)) await this.#alone(() => this.#counts.failed(counted));
        throw error;
      } finally {
        for (const door of doors) door.underWay -= 1;
      }
    } finally {
      this.#leave(doors);
    }
  }

  #door(one: Counted): Door {
    const door = this.#doors.get(keyOf(one)) ?? { of: one, here: 0, underWay: 0, most: one.rule.free, waiting: [] };
    door.here += 1;
    this.#doors.set(keyOf(one), door);
    return door;
  }

  async #enter(doors: readonly Door[]): Promise<void> {
    const full = () => doors.find((door) => door.underWay >= door.most);
    for (let entered = false; !entered;) {
      const before = full();
      if (before !== undefined) await new Promise<void>((resolve) => before.waiting.push(resolve));
      entered = await this.#alone(async () => {
        for (const door of doors) {
          const { failures, lockedMs } = await this.#counts.read(door.of);
          if (lockedMs > 0) throw lockedOut(lockedMs);
          door.most = Math.max(1, door.of.rule.free - failures);
        }
        if (full() !== undefined) return false;
        for (const door of doors) door.underWay += 1;
        return true;
      });
    }
  }

  #leave(doors: readonly Door[]): void {
    for (const door of doors) {
      door.here -= 1;
      if (door.here === 0) this.#doors.delete(keyOf(door.of));
      for (const wake of door.waiting.splice(0)) wake();
    }
  }
}
