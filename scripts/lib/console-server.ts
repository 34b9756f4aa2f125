import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";

const root = fileURLToPath(new URL("../..", import.meta.url));
const HOST = "127.0.0.1";
const READY_MS = 20_000;
const STOP_MS = 8000;

// The server's standard input is a pipe that only its parent holds: it closes when the parent ends, however that happens.
const END_WITH_PARENT = `data:text/javascript,process.stdin.resume().on("end",()=>process.kill(process.pid,"SIGTERM")).unref()`;

export interface ConsoleServer {
  url: string;
  pid: number;
  /** Settles when the server has ended, by itself or not. */
  ended: Promise<number | null>;
  /** What it has written so far, logs included. */
  output(): string;
  stop(): Promise<void>;
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>;
}

export interface ConsoleServerOptions {
  dataDir: string;
  /** A free one without it. */
  port?: number;
  env?: Record<string, string>;
  logFile?: string;
}

/** Those of `npm start`: young objects take 24 MB at most instead of 48, at no measurable cost. */
const NODE_FLAGS = ["--max-semi-space-size=8"];

/** Starts the built console (`dist/`) as a process of its own and waits until it is ready. */
export async function startConsole(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const settings = {
    ROCKETDECK_HOST: HOST,
    ROCKETDECK_PORT: String(options.port ?? 0),
    ROCKETDECK_DATA_DIR: options.dataDir,
    ...options.env,
  };
  const child = spawn(process.execPath, [...NODE_FLAGS, "--import", END_WITH_PARENT, "dist/bff/main.js"], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  // Logs go to standard error; standard output has the first password, which belongs in no file.
  if (options.logFile !== undefined) child.stderr.pipe(createWriteStream(options.logFile));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      // Enough for the first password and for the reason of a failed start; a long run would fill the memory.
      if (output.length < 1 << 20) output += text;
    });
  }
  const ended = once(child, "close").then(() => child.exitCode);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    if (hasEnded()) return;
    child.kill(signal);
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(force);
  };

  const deadline = Date.now() + READY_MS;
  const address = () => /^RocketDeck is ready: (\S+)$/m.exec(output)?.[1];
  while (address() === undefined) {
    if (hasEnded() || Date.now() > deadline) {
      await end("SIGKILL");
      throw new Error(`the console did not start:\n${output.trimEnd().split("\n").slice(-40).join("\n")}`);
    }
    await delay(20);
  }
  return {
    url: address() ?? "",
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}
