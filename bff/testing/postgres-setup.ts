import { spawn, spawnSync, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the server that this suite has started; its databases are made by the tests. */
    postgresUrl?: string;
  }
}

const START_MS = 30_000;
const OPTIONS = [
  ["listen_addresses", ""],
  ["max_connections", "300"],
  ["fsync", "off"],
  ["full_page_writes", "off"],
  ["synchronous_commit", "off"],
  ["autovacuum", "off"],
].flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** The server stops, and its directory goes, when its standard input ends: so it does whatever happens to the tests. */
const UNTIL_INPUT_ENDS = `dir=$1; shift
postgres -D "$dir" -k "$dir" "$@" & server=$!
cat; kill -INT $server; wait $server; rm -rf "$dir"`;

/** PostgreSQL refuses to run as root. */
function someoneElse(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody");
}

function makeCluster(dir: string, as: SpawnOptions): void {
  const options = ["--auth=trust", "--username=rocketdeck", "--encoding=UTF8", "--no-sync"];
  // Orders of texts as customers have them, not those of bytes.
  options.push("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US");
  const made = spawnSync("initdb", [...options, "-D", dir], { ...as, encoding: "utf8" });
  if (made.error)
    throw new Error("initdb of PostgreSQL 15 or newer has to be on the PATH; `npm run postgres` puts it there", {
      cause: made.error,
    });
  if (made.status !== 0) throw new Error(`initdb failed:\n${made.stderr}`);
}

async function untilReady(url: string, ended: () => string | undefined): Promise<void> {
  for (const deadline = Date.now() + START_MS; ; await pause(50)) {
    const client = new Client(url);
    try {
      await client.connect();
      return await client.end();
    } catch (cause) {
      const words = ended();
      if (words !== undefined || Date.now() > deadline)
        throw new Error(`PostgreSQL did not start: ${words ?? "in time"}`, { cause });
    }
  }
}

/** One PostgreSQL for all files, on a socket that nobody else finds; each test makes databases of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), "rocketdeck-postgres-"));
  const as = { ...someoneElse(), cwd: dir };
  if (as.uid !== undefined && as.gid !== undefined) chownSync(dir, as.uid, as.gid);
  try {
    makeCluster(dir, as);
  } catch (error) {
    rmSync(dir, { recursive: true });
    throw error;
  }
  const server = spawn("sh", ["-c", UNTIL_INPUT_ENDS, "sh", dir, ...OPTIONS], {
    ...as,
    stdio: ["pipe", "ignore", "pipe"],
    // A signal to all processes of a terminal would end the shell before it has cleared up.
    detached: true,
  });
  let words = "";
  server.stderr?.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-4000)));
  const closed = once(server, "close");
  const stop = async () => {
    server.stdin?.end();
    await closed;
  };
  const url = `postgresql:///postgres?host=${encodeURIComponent(dir)}&user=rocketdeck`;
  try {
    await untilReady(url, () => (existsSync(dir) && server.exitCode === null ? undefined : words));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("postgresUrl", url);
  return stop;
}
