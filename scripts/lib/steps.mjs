import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Something the person at the terminal can mend: shown without a stack. */
export class SetupError extends Error {}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs one named step and prints what came of it and how long it took; `run` may return a short detail to show. */
export async function step(title, run) {
  const since = performance.now();
  const slow = setTimeout(() => console.log(`… ${title}`), 2000);
  try {
    const detail = await run();
    console.log(`✓ ${title}${detail ? `: ${detail}` : ""} (${seconds(since)})`);
  } catch (error) {
    console.log(`✗ ${title} (${seconds(since)})`);
    throw error;
  } finally {
    clearTimeout(slow);
  }
}

const tail = (text, lines) => text.trimEnd().split("\n").slice(-lines).join("\n");

const children = new Set();
const GRACE_MS = 10_000;

/** Asks a child to stop and ends it for good when it has not after a while. */
export function endChild(child, graceMs = GRACE_MS) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
    child.once("close", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Ends the commands that `run` has under way. */
export const endChildren = () => Promise.all([...children].map((child) => endChild(child)));

const ORPHAN_CHECK_MS = 500;

/** Calls `stop` once: on Ctrl-C, SIGTERM, a closed terminal, or when the parent is gone; a second signal ends the process at once. */
export function onStop(stop) {
  let stopping = false;
  const begin = () => {
    if (stopping) return;
    stopping = true;
    void stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => (stopping ? process.exit(130) : begin()));
  }
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && begin(), ORPHAN_CHECK_MS).unref();
}

/**
 * Runs a command to its end, or to `minutes`; output is kept back unless `show` is set.
 * Resolves to `{ code, output }`; throws with the last `lines` when it fails and `check` is not false.
 */
export function run(command, args, { show = false, check = true, env = {}, lines = 40, minutes } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"];
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio });
    children.add(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    const limit =
      minutes &&
      setTimeout(() => {
        console.log(`${command} has not ended after ${minutes} minutes and is stopped.`);
        void endChild(child);
      }, minutes * 60_000);
    child.on("error", (error) => {
      clearTimeout(limit);
      children.delete(child);
      reject(new SetupError(`${command} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      children.delete(child);
      if (code === 0 || !check) return resolve({ code: code ?? 1, output });
      const how = signal ? `was ended by ${signal}` : `failed with exit code ${code}`;
      reject(new SetupError(`\`${[command, ...args].join(" ")}\` ${how}${output ? `:\n${tail(output, lines)}` : ""}`));
    });
  });
}

/** Runs a script's main function: mendable errors are shown without a stack, and any error makes the exit code 1. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof SetupError ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
