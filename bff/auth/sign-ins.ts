import pLimit from "p-limit";
import { Problem } from "../base/problem.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";
import { findAccount } from "./accounts.ts";
import { ADDRESS_HEADER } from "./better-auth.ts";
import { createDeviceCookies, type DeviceCookies } from "./device-cookie.ts";
import { networkOf, Pace } from "./pace.ts";
import { allStrangers, oneSource, SignInCounts, type Counted } from "./sign-in-counts.ts";
import { lockedOut, SignInGate } from "./sign-in-gate.ts";

/** Hashing takes a core for a tenth of a second each; more strangers than this have to come back. */
const MOST_WAITING = 500;
const COME_BACK_MS = 10_000;

/** An answer of Better Auth that means "no", as opposed to a fault. */
function refused(error: unknown): boolean {
  return (
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500
  );
}

/**
 * How passwords are tried. Whoever guesses is slowed by name and address, and by name over all addresses; a browser that
 * signed in before is counted by itself, and so is a session, so that nobody can lock out the people of an account.
 */
export class SignIns {
  readonly #db: Store;
  readonly #counts: SignInCounts;
  readonly #gate: SignInGate;
  readonly #pace: Pace;
  readonly #devices: DeviceCookies;
  /** Strangers never stand before those who are known. */
  readonly #hashing = { stranger: pLimit(2), known: pLimit(2) };

  constructor({ db, now, secrets, prefix }: { db: Store; now: () => number; secrets: Secrets; prefix: string }) {
    this.#db = db;
    this.#counts = new SignInCounts(db, now);
    this.#gate = new SignInGate(this.#counts);
    this.#pace = new Pace(now);
    this.#devices = createDeviceCookies(secrets, prefix);
  }

  /** Tries a password for somebody who is not signed in. */
  async signIn<T>(headers: Headers, username: string, attempt: () => Promise<T>): Promise<T> {
    const name = username.toLowerCase();
    const account = await findAccount(this.#db, name);
    const device = account && this.#devices.find(headers, name, account.password);
    if (device !== undefined) {
      return this.#pass([{ name, source: `device:${device}`, rule: oneSource }], () => this.#hashing.known(attempt));
    }
    const network = networkOf(headers.get(ADDRESS_HEADER) ?? "");
    const counted: Counted[] = (await this.#counts.isOpen(name))
      ? []
      : [
          { name, source: `address:${network}`, rule: oneSource },
          { name, source: "strangers", rule: allStrangers },
        ];
    return this.#pass(counted, async () => {
      await this.#pace.turn(network);
      if (this.#hashing.stranger.pendingCount >= MOST_WAITING) throw lockedOut(COME_BACK_MS);
      return this.#hashing.stranger(attempt).catch((error: unknown) => {
        if (refused(error)) this.#pace.failed(network);
        throw error;
      });
    });
  }

  /** Tries the password of somebody who is signed in. */
  confirm<T>(sessionId: string, username: string, attempt: () => Promise<T>): Promise<T> {
    const name = username.toLowerCase();
    return this.#pass([{ name, source: `session:${sessionId}`, rule: oneSource }], () => this.#hashing.known(attempt));
  }

  /** The cookie by which this browser is known from now on. */
  async deviceCookie(headers: Headers, username: string): Promise<string> {
    const name = username.toLowerCase();
    const { password } = (await findAccount(this.#db, name)) ?? { password: "" };
    return this.#devices.issue(name, password, this.#devices.find(headers, name, password));
  }

  async #pass<T>(counted: readonly Counted[], attempt: () => Promise<T>): Promise<T> {
    try {
      return await this.#gate.pass(counted, attempt, refused);
    } catch (error) {
      if (refused(error)) throw new Problem("SIGN_IN_FAILED");
      throw error;
    }
  }
}
