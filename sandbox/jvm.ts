import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

// The guard reads a pipe that only this process holds open: when it ends, even by SIGKILL, the guard kills the JVM.
const SUPERVISOR = `
exec 3<&0 </dev/null
"$@" 3<&- &
jvm=$!
( cat <&3 >/dev/null; kill -9 $jvm 2>/dev/null ) &
guard=$!
trap 'kill $jvm' TERM
trap 'kill -STOP $jvm' USR1
wait $jvm; status=$?
while [ $status -gt 128 ] && kill -0 $jvm 2>/dev/null; do wait $jvm; status=$?; done
kill $guard 2>/dev/null
exit $status
`;

const READY_LIMIT_MS = 120_000;
const POLL_MS = 100;

export interface JvmOptions {
  name: string;
  /** Working directory, user.home and place of the logs. */
  dir: string;
  args: string[];
  env?: Record<string, string>;
}

export interface Jvm {
  name: string;
  dir: string;
  /** Process group of the JVM and its guard. */
  pid: number;
  /** Set once it has ended. */
  readonly exit: string | undefined;
  /** SIGKILL; returns when its ports are free. */
  kill(): Promise<void>;
  /** SIGSTOP: its ports stay open, and nobody answers. */
  hold(): void;
  /** SIGTERM, and SIGKILL when it has not ended in time. */
  terminate(withinMs: number): Promise<void>;
}

export function javaCommand(): string {
  const home = process.env["JAVA_HOME"];
  return home ? join(home, "bin", "java") : "java";
}

function handle(child: ChildProcess, pid: number, options: JvmOptions): Jvm {
  let exit: string | undefined;
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
    exit = typeof signal === "string" ? signal : `exit code ${String(code)}`;
  });
  const kill = async (): Promise<void> => {
    // The guard does it, and the supervisor ends only when the JVM is gone and its ports with it.
    child.stdin?.destroy();
    await ended;
  };
  return {
    name: options.name,
    dir: options.dir,
    pid,
    get exit() {
      return exit;
    },
    kill,
    hold() {
      child.kill("SIGUSR1");
    },
    async terminate(withinMs) {
      if (exit === undefined) child.kill("SIGTERM");
      const cancel = new AbortController();
      await Promise.race([ended, delay(withinMs, undefined, { signal: cancel.signal }).catch(() => undefined)]);
      cancel.abort();
      await kill();
    },
  };
}

/** Starts a JVM that cannot outlive this process; its output goes to console.log in its directory. */
export async function startJvm(options: JvmOptions): Promise<Jvm> {
  await mkdir(options.dir, { recursive: true });
  const log = openSync(join(options.dir, "console.log"), "a");
  try {
    const command = [javaCommand(), `-Duser.home=${options.dir}`, ...options.args];
    const child = spawn("sh", ["-c", SUPERVISOR, "sandbox", ...command], {
      cwd: options.dir,
      env: { ...process.env, ...options.env },
      // A group of its own: Ctrl-C in a terminal reaches the parent alone, which then stops things in order.
      detached: true,
      stdio: ["pipe", log, log],
    });
    await once(child, "spawn");
    if (child.pid === undefined) throw new Error(`${options.name} has no process id`);
    return handle(child, child.pid, options);
  } finally {
    closeSync(log);
  }
}

/** The last lines of a file, or none when it is not there. */
async function tail(file: string, lines: number): Promise<string[]> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 16_384);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString().trimEnd().split("\n").slice(-lines);
  } finally {
    await handle.close();
  }
}

async function lastWords(dir: string): Promise<string> {
  const logs = ["namesrv", "broker", "proxy", "rocketmq_client"].map((name) =>
    join("logs", "rocketmqlogs", `${name}.log`),
  );
  const files = ["console.log", ...logs].map((name) => join(dir, name));
  const parts = await Promise.all(files.map(async (file) => ({ file, lines: await tail(file, 25) })));
  const spoken = parts.filter((part) => part.lines.some((line) => line !== ""));
  return spoken.map((part) => `--- ${part.file}\n${part.lines.join("\n")}`).join("\n");
}

export interface Patience {
  limitMs?: number;
  signal?: AbortSignal;
}

/** Waits for a condition; fails with the JVM's last log lines when it ends first or takes too long. */
export async function untilReady(
  jvm: Jvm,
  what: string,
  isReady: () => Promise<boolean>,
  { limitMs = READY_LIMIT_MS, signal }: Patience = {},
): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    signal?.throwIfAborted();
    // Looked at before the condition: one that ends well may be ready at its end.
    const { exit } = jvm;
    if (await isReady().catch(() => false)) return;
    if (exit !== undefined || Date.now() > deadline) {
      const why =
        exit === undefined ? `is not ${what} after ${limitMs / 1000} s` : `ended (${exit}) before it was ${what}`;
      throw new Error(`${jvm.name} ${why}; its logs stay in ${jvm.dir}\n${await lastWords(jvm.dir)}`);
    }
    await delay(POLL_MS);
  }
}
