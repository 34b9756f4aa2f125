import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 60_000;

/** Asks again until it is so; what is still not so after a minute will not be. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
    await delay(50);
  }
}
