import { z } from "zod";
import type { Store } from "./store.ts";

const Addresses = z.array(z.string());

/** Remoting addresses of an instance's proxies: they know the gRPC clients that brokers do not. */
export async function proxyRemotingAddrs(db: Store, instanceId: string): Promise<string[]> {
  const row = await db
    .selectFrom("instance")
    .select("proxyRemotingAddrs")
    .where("id", "=", instanceId)
    .executeTakeFirst();
  return row === undefined ? [] : Addresses.parse(JSON.parse(row.proxyRemotingAddrs));
}
