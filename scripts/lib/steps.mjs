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

/** Children of `run` that are still alive, so that an interrupted script can end them. */
export const children = new Set();

/**
 * Runs a command to its end; output is kept back unless `show` is set.
 * Resolves to `{ code, output }`; throws with the last lines when it fails and `check` is not false.
 */
export function run(
  command,
  args,
  { show = false, check = true, env = {}, cwd = root, stdin = "ignore", lines = 40 } = {},
) {
  return new Promise((resolve, reject) => {
    const stdio = show ? [stdin, "inherit", "inherit"] : [stdin, "pipe", "pipe"];
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
    children.add(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => {
      children.delete(child);
      reject(new SetupError(`${command} could not be started: ${error.message}`));
    });
    child.on("close", (code, signal) => {
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
