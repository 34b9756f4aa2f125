/** Loaded into a console that runs as a child process: tells its parent, when asked, how long the event loop was held and what memory is in use. */
import { setTimeout as delay } from "node:timers/promises";

const BEAT_MS = 20;

export interface ConsoleState {
  /** Longest time without a turn of the event loop that was spent computing, in ms. */
  heldMs: number;
  /** Longest time without a turn in which the process computed nothing: the machine was busy with others. */
  stolenMs: number;
  /** How many times longer it was than it computed: 1 on a machine that is its own. */
  slowdown: number;
  /** Memory in use after a collection of garbage, in MB. */
  usedMb: number;
  rssMb: number;
}

let heldMs = 0;
let stolenMs = 0;
let late = { ms: 0, computedMs: 0 };
let beatAt = performance.now();
let cpu = process.cpuUsage();

setInterval(() => {
  const now = performance.now();
  const used = process.cpuUsage(cpu);
  const gap = now - beatAt - BEAT_MS;
  const computed = Math.min(gap, (used.user + used.system) / 1000);
  heldMs = Math.max(heldMs, computed);
  stolenMs = Math.max(stolenMs, gap - computed);
  if (gap > BEAT_MS) late = { ms: late.ms + gap, computedMs: late.computedMs + computed };
  beatAt = now;
  cpu = process.cpuUsage();
}, BEAT_MS).unref();

const MB = 1024 * 1024;

async function state(): Promise<ConsoleState> {
  const slowdown = late.computedMs > 0 ? Math.round((late.ms / late.computedMs) * 10) / 10 : 1;
  const loop = { heldMs: Math.round(heldMs), stolenMs: Math.round(stolenMs), slowdown };
  // What a first collection frees outside the heap is given back by callbacks, and only then by a second one.
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await delay(BEAT_MS);
  }
  heldMs = 0;
  stolenMs = 0;
  late = { ms: 0, computedMs: 0 };
  const { heapUsed, external, rss } = process.memoryUsage();
  return { ...loop, usedMb: Math.round((heapUsed + external) / MB), rssMb: Math.round(rss / MB) };
}

process.on("message", () => void state().then((answer) => process.send?.(answer)));
// A console whose parent was killed ends too.
process.on("disconnect", () => process.exit());
process.channel?.unref();
