import { setTimeout as delay } from "node:timers/promises";
import { isIPv6 } from "node:net";
import { lockedOut } from "./sign-in-gate.ts";

const WINDOW_MS = 60_000;
const FREE_FAILURES = 30;
const STEP_MS = 1000;
const LONGEST_WAIT_MS = 10_000;
/** Networks that are remembered before those of the past are forgotten. */
const MOST = 10_000;

/** What one subscriber has: an IPv4 address, or the /56 of an IPv6 address. */
export function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  if (!isIPv6(address)) return address;
  const [head = "", tail] = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1).split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  const [a, b, c, d = "0"] = groups;
  return `${a}:${b}:${c}:${(Number.parseInt(d, 16) & 0xff00).toString(16)}::/56`;
}

/**
 * Slows down a network that keeps failing, whatever the names: one attempt a second, and few that wait.
 * Nobody is locked by it, since all the people behind one proxy may share the address of somebody who guesses.
 */
export class Pace {
  readonly #now: () => number;
  readonly #networks = new Map<string, { since: number; failures: number; next: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async turn(network: string): Promise<void> {
    const known = this.#current(network);
    if (known === undefined || known.failures < FREE_FAILURES) return;
    const wait = Math.max(0, known.next - this.#now());
    if (wait > LONGEST_WAIT_MS) throw lockedOut(STEP_MS);
    known.next = this.#now() + wait + STEP_MS;
    if (wait > 0) await delay(wait);
  }

  failed(network: string): void {
    const known = this.#current(network) ?? { since: this.#now(), failures: 0, next: 0 };
    known.failures += 1;
    this.#networks.set(network, known);
    if (this.#networks.size <= MOST) return;
    for (const other of this.#networks.keys()) this.#current(other);
    if (this.#networks.size > MOST) this.#networks.clear();
  }

  #current(network: string) {
    const known = this.#networks.get(network);
    if (known === undefined) return undefined;
    const age = this.#now() - known.since;
    if (age >= 0 && age < WINDOW_MS) return known;
    this.#networks.delete(network);
    return undefined;
  }
}
