import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import type { ContractRouterClient } from "@orpc/contract";
import { pino, type Logger } from "pino";
import type { contract } from "#contract/contract.ts";
import { readConfig, type Config } from "../base/config.ts";
import { startServer, type RunningServer } from "../http/server.ts";
import { dropTestDatabase, testDatabaseUrl } from "./test-store.ts";

export type ApiClient = ContractRouterClient<typeof contract>;

export interface TestServer extends RunningServer {
  config: Config;
  /** Signed in as the administrator. */
  client: ApiClient;
  /** The cookie of that session, for requests that are not oRPC. */
  cookie: string;
  /** A client with a session of its own. */
  signIn(username: string, password: string): Promise<{ client: ApiClient; cookie: string }>;
}

export const TEST_ADMIN = { username: "admin", password: "test-Password-1" } as const;

/** A client of the API; cookies that the server sets are kept and sent. `host`: the name that a proxy before it was asked for. */
export function apiClient(
  url: string,
  cookies = new Map<string, string>(),
  host?: string,
): { client: ApiClient; cookies: Map<string, string> } {
  const link = new RPCLink({
    url: `${url}/api/rpc`,
    headers: () => ({
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(host === undefined ? {} : { "x-forwarded-host": host }),
    }),
    fetch: async (request, init) => {
      const response = await fetch(request, init);
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (name !== undefined && value !== undefined) cookies.set(name, value);
      }
      return response;
    },
  });
  return { client: createORPCClient<ApiClient>(link), cookies };
}

/** The whole server on a free port and a directory of its own, with a client that is signed in; with a `publicUrl` that client is its trusted proxy. */
export async function startTestServer(overrides: Partial<Config> = {}, log?: Logger): Promise<TestServer> {
  const dataDir = overrides.dataDir ?? (await mkdtemp(join(tmpdir(), "rocketdeck-test-")));
  const config: Config = {
    ...readConfig({}),
    databaseUrl: await testDatabaseUrl(dataDir),
    port: 0,
    adminUsername: TEST_ADMIN.username,
    adminPassword: TEST_ADMIN.password,
    logLevel: "silent",
    connectionTestsPerMinute: 1000,
    trustProxy: overrides.publicUrl === undefined ? [] : ["loopback"],
    ...overrides,
    dataDir,
  };
  const running = await startServer(config, log ?? pino({ level: config.logLevel }));
  const host = config.publicUrl && new URL(config.publicUrl).host;
  const signIn = async (username: string, password: string) => {
    const { client, cookies } = apiClient(running.url, undefined, host);
    await client.session.signIn({ username, password });
    return { client, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  };
  const password = config.adminPassword ?? running.firstPassword?.password ?? "";
  const { client, cookie } = await signIn(config.adminUsername, password);
  return {
    ...running,
    config,
    client,
    cookie,
    signIn,
    async stop() {
      await running.stop();
      if (overrides.dataDir !== undefined) return;
      await rm(dataDir, { recursive: true, force: true });
      await dropTestDatabase(dataDir);
    },
  };
}
