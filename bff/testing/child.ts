import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Child {
  /** Sends a message and gives what comes back; one at a time. Rejects when the process ends. */
  ask<T>(message: unknown): Promise<T>;
  /** What matches in its output, once that is there. */
  until(pattern: RegExp): Promise<string>;
  /** How it ended and its last words; undefined while it runs. */
  ended(): string | undefined;
  stop(): Promise<void>;
  /** Gives it no time to end by itself. */
  kill(): Promise<void>;
}

interface Options {
  args?: readonly string[];
  /** Of Node.js. */
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

const STOP_MS = 5000;
const WORDS_KEPT = 4000;

/** Runs a TypeScript file as a process with which messages can be exchanged. */
export function startChild(file: string, { args = [], flags = [], env = {} }: Options = {}): Child {
  const child = spawn(process.execPath, ["--import", "tsx", ...flags, file, ...args], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      words = (words + text).slice(-WORDS_KEPT);
      child.emit("words");
    });
  }
  const closed = once(child, "close");
  const ended = () =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : `${file} ended with ${child.exitCode ?? child.signalCode}:\n${words}`;
  /** The next of these events, unless the process ends before. */
  const happens = async (event: "message" | "words"): Promise<unknown> => {
    const [value] = (await Promise.race([once(child, event), closed.then(() => [])])) as unknown[];
    const end = ended();
    if (end !== undefined) throw new Error(end);
    return value;
  };
  return {
    async ask<T>(message: unknown) {
      const answer = happens("message");
      child.send(message as object);
      return (await answer) as T;
    },
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(words);
        if (found) return found[1] ?? found[0];
        await happens("words");
      }
    },
    ended,
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
    async stop() {
      if (ended() !== undefined) return;
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await closed;
      clearTimeout(force);
    },
  };
}
