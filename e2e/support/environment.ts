import type { SandboxCluster } from "../../sandbox/cluster.ts";

/** What the global set-up started, as every worker sees it. */
export interface Environment {
  /** The console under test. */
  url: string;
  username: string;
  password: string;
  /** Session cookie of the administrator, as a `cookie` header has it. */
  cookie: string;
  /** Session cookie of a person who may only read. */
  readerCookie: string;
  /** The shared cluster as the console knows it. */
  instanceId: string;
  instanceName: string;
  cluster: Pick<SandboxCluster, "clusterName" | "version" | "namesrvAddrs" | "brokers" | "proxy">;
}

const VARIABLE = "ROCKETDECK_E2E";

export function publish(environment: Environment): void {
  process.env[VARIABLE] = JSON.stringify(environment);
}

export function environment(): Environment {
  const text = process.env[VARIABLE];
  if (text === undefined) throw new Error("the global set-up has not run");
  return JSON.parse(text) as Environment;
}
