import type { Server } from "node:http";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import { ensureFirstAdministrator } from "../auth/first-administrator.ts";
import type { Config } from "../base/config.ts";
import { createDeps, type Deps } from "../api/deps.ts";
import { createHttpServer } from "./http-server.ts";
import { registerPreset } from "../cluster/preset.ts";
import { forgetOffsetMoves } from "../store/offset-moves.ts";

/** What is still open this long after the jobs ended is cut. */
const CLOSE_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface RunningServer {
  url: string;
  deps: Deps;
  /** Given once, when the first administrator's password was generated. */
  firstPassword?: { username: string; password: string };
  /** Takes no more work, ends streams and jobs, closes everything. */
  stop(): Promise<void>;
}

function listen(server: Server, { host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const address = server.address();
      const actual = typeof address === "object" && address !== null ? address.port : port;
      resolve(`http://${host.includes(":") ? `[${host}]` : host}:${actual}`);
    });
  });
}

/** Takes no more connections; what is answered then cuts, after a while, those that stay open. */
function closeServer(server: Server): () => Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  return async () => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
  };
}

/** Forgets, now and every hour, what was done longer ago than the configuration says. */
function forgetOldAudit({ audit, background, config, db, now }: Deps): void {
  const run = async () => {
    const before = now() - config.auditDays * DAY_MS;
    await audit.deleteBefore(before);
    await forgetOffsetMoves(db, before);
  };
  background.add({ what: "deleting old audit entries", everyMs: HOUR_MS, run });
}

/** Starts the console. */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const deps = await createDeps(config, log);
  let taking = true;
  try {
    const firstPassword = await ensureFirstAdministrator(config, deps.db, deps.auth);
    await registerPreset(config, deps.db, deps.now());
    const server = createHttpServer(createApp(deps, () => taking));
    const url = await listen(server, config);
    deps.monitor.start();
    forgetOldAudit(deps);
    deps.background.start();
    const stop = async (): Promise<void> => {
      taking = false;
      const cutConnections = closeServer(server);
      // Streams of jobs end with their jobs, so connections are cut only after those.
      await deps.jobs.stop();
      await cutConnections();
      await deps.stop();
    };
    return { url, deps, firstPassword, stop };
  } catch (error) {
    await deps.stop();
    throw error;
  }
}
