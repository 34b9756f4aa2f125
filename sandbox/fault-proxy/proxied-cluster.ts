import type { SandboxBroker } from "../cluster.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";
import type { Fault } from "./faults.ts";
import { parsed, withBody } from "./wire.ts";

export interface ProxiedCluster {
  /** The name servers to give to the console. */
  namesrvAddrs: string[];
  /** Address of each broker as the name servers tell it now, by the real one. */
  addrOf: ReadonlyMap<string, string>;
  /** Does harm to the answers of name servers, of all brokers, or of the broker with this name. */
  fail(where: "namesrv" | "brokers" | { brokerName: string }, ...faults: Fault[]): void;
  /** All answers arrive as they are again. */
  heal(): void;
  stop(): Promise<void>;
}

/** Puts a fault proxy before every name server and broker of a real cluster; the cluster itself notices nothing. */
export async function proxiedCluster(cluster: {
  namesrvAddrs: readonly string[];
  brokers: readonly SandboxBroker[];
}): Promise<ProxiedCluster> {
  const brokers = await Promise.all(
    cluster.brokers.map(async (broker) => ({ broker, proxy: await startFaultProxy(broker.addr) })),
  );
  const addrOf = new Map(brokers.map(({ broker, proxy }) => [broker.addr, proxy.addr]));
  // Name servers tell brokers by address, in the bodies of routes and of the cluster alike.
  const led = (whole: Buffer): Buffer => {
    const text = parsed(whole).body.toString();
    const other = text.replaceAll(/"([\d.]+:\d+)"/g, (quoted, addr: string) =>
      JSON.stringify(addrOf.get(addr) ?? quoted.slice(1, -1)),
    );
    return other === text ? whole : withBody(whole, Buffer.from(other));
  };
  const namesrvs = await Promise.all(cluster.namesrvAddrs.map((addr) => startFaultProxy(addr, led)));
  const all: FaultProxy[] = [...namesrvs, ...brokers.map(({ proxy }) => proxy)];
  const at = (where: Parameters<ProxiedCluster["fail"]>[0]): FaultProxy[] => {
    if (where === "namesrv") return namesrvs;
    return brokers
      .filter(({ broker }) => where === "brokers" || broker.brokerName === where.brokerName)
      .map(({ proxy }) => proxy);
  };
  return {
    namesrvAddrs: namesrvs.map(({ addr }) => addr),
    addrOf,
    fail: (where, ...faults) => at(where).forEach((proxy) => proxy.fail(...faults)),
    heal: () => all.forEach((proxy) => proxy.fail()),
    stop: async () => void (await Promise.all(all.map((proxy) => proxy.stop()))),
  };
}
