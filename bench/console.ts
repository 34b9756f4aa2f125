import { readFile } from "node:fs/promises";
import { apiClient, signIn, type Api } from "../e2e/support/api-client.ts";
import { startConsole } from "../scripts/lib/console-server.ts";

/** The built console with one instance, and its API as the administrator. */
export interface BenchConsole {
  url: string;
  pid: number;
  cookie: string;
  api: Api;
  instanceId: string;
  /** Milliseconds from the start of the process to the first byte of a page. */
  startMs: number;
  /** The cookie of one more session. */
  signIn(): Promise<string>;
  stop(): Promise<void>;
}

const username = "admin";
const password = "bench-Passw0rd-of-the-bench";

/** Starts the built console in `dataDir` and signs in; no list has been asked for yet. */
export async function startBenchConsole(dataDir: string, namesrvAddrs: readonly string[]): Promise<BenchConsole> {
  const startedAt = performance.now();
  const server = await startConsole({
    dataDir,
    env: {
      ROCKETDECK_ADMIN_USERNAME: username,
      ROCKETDECK_ADMIN_PASSWORD: password,
      ROCKETDECK_NAMESRV: namesrvAddrs.join(";"),
      ROCKETDECK_LOG_LEVEL: "warn",
    },
  });
  try {
    const page = await fetch(server.url);
    const startMs = performance.now() - startedAt;
    await page.text();
    const signInAgain = () => signIn(server.url, username, password);
    const cookie = await signInAgain();
    const api = apiClient(server.url, cookie);
    const { items } = await api.instance.list({});
    const instanceId = items[0]?.id;
    if (instanceId === undefined) throw new Error("the console has no instance");
    return {
      url: server.url,
      pid: server.pid,
      cookie,
      api,
      instanceId,
      startMs,
      signIn: signInAgain,
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Resident memory of a process, in MB. */
export async function residentMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** Milliseconds that `work` takes. */
export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = performance.now();
  const value = await work();
  return { ms: performance.now() - startedAt, value };
}
