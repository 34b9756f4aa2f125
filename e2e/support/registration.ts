import type { SandboxCluster } from "../../sandbox/cluster.ts";

type Addresses = Pick<SandboxCluster, "clusterName" | "namesrvAddrs" | "proxy">;

/** What the console has to know to manage a sandbox cluster. */
export function registration(name: string, { clusterName, namesrvAddrs, proxy }: Addresses) {
  return {
    name,
    namesrvAddrs,
    clusterName,
    proxyAddrs: proxy ? [proxy.grpc] : [],
    proxyRemotingAddrs: proxy ? [proxy.remoting] : [],
  };
}
