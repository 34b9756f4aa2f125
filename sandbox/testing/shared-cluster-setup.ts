import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startCluster, type SandboxCluster } from "../cluster.ts";

/** What test files see of the shared cluster; it is not theirs to stop or to break. */
export type SharedCluster = Pick<SandboxCluster, "clusterName" | "version" | "namesrvAddrs" | "brokers">;

declare module "vitest" {
  interface ProvidedContext {
    sharedClusterUrl: string;
  }
}

function serve(cluster: () => Promise<SandboxCluster>): Promise<Server> {
  const server = createServer((_request, response) => {
    cluster().then(
      ({ clusterName, version, namesrvAddrs, brokers }) =>
        response.end(JSON.stringify({ clusterName, version, namesrvAddrs, brokers } satisfies SharedCluster)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** One 5.5.0 cluster for all integration files that ask, started when the first of them does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<SandboxCluster> | undefined;
  const server = await serve(() => (started ??= startCluster({ name: "shared", masters: 2, slaves: 1 })));
  project.provide("sharedClusterUrl", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    await (await started?.catch(() => undefined))?.stop();
  };
}
