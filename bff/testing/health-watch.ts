/**
 * Asks a console for its health on a new connection every time, from a process of its own, so that nothing but the console can make the
 * answer late. What the process itself and the machine add is measured on a server beside it that does nothing else.
 */
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const EVERY_MS = 40;
const GIVEN_UP_MS = 15_000;

export interface Health {
  asked: number;
  /** Longest answers, in ms. */
  slowestMs: number;
  /** That of a server which does nothing else. */
  idleMs: number;
  /** Answers that were no 200, or none. */
  failed: number;
}

const none = (): Health => ({ asked: 0, slowestMs: 0, idleMs: 0, failed: 0 });
let seen = none();

const idle = createServer((_, response) => response.end("ok"));
idle.listen(0, "127.0.0.1");
await once(idle, "listening");
const idleUrl = `http://127.0.0.1:${(idle.address() as AddressInfo).port}`;

function ask(url: string): Promise<{ ok: boolean; ms: number }> {
  const since = performance.now();
  return new Promise((resolve) => {
    const settle = (ok: boolean) => resolve({ ok, ms: performance.now() - since });
    const request = get(url, { agent: false, timeout: GIVEN_UP_MS }, (response) => {
      response.resume().on("end", () => settle(response.statusCode === 200));
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", () => settle(false));
  });
}

const [consoleUrl = ""] = process.argv.slice(2);

process.on("message", () => {
  process.send?.(seen);
  seen = none();
});
process.on("disconnect", () => process.exit());

for (;;) {
  const [health, beside] = await Promise.all([ask(`${consoleUrl}/healthz`), ask(idleUrl)]);
  seen.asked += 1;
  if (!health.ok) seen.failed += 1;
  seen.slowestMs = Math.max(seen.slowestMs, Math.round(health.ms));
  seen.idleMs = Math.max(seen.idleMs, Math.round(beside.ms));
  await delay(EVERY_MS);
}
