import { setTimeout as delay } from "node:timers/promises";

/** Clients of old brokers take twenty seconds for a reset on a quiet machine. */
const LIMIT_MS = 120_000;

/** Asks again until it is so; what is still not so by then will not be. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${LIMIT_MS / 1000} s: ${what}`);
    await delay(50);
  }
}
