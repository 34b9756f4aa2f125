import type { SandboxCluster } from "../../cluster.ts";
import { has5x } from "../../jars.ts";
import type { Oracle } from "../oracle.ts";
import { mastersOf } from "../scene.ts";
import { Clients } from "./clients.ts";
import { startGrpcConsumer } from "./grpc.ts";
import { consume, untilConsumed } from "./groups.ts";
import { sendMessages } from "./messages.ts";
import { makeTopics, writeTopic } from "./topics.ts";

/**
 * Fills a cluster with messages, groups and clients of every kind, all made by the official Java clients of its own
 * version; when it returns nothing moves any more. The clients are online until the oracle ends.
 */
export async function makeData(
  oracle: Oracle,
  { clusterName, namesrvAddrs, proxy }: Pick<SandboxCluster, "clusterName" | "namesrvAddrs" | "proxy">,
): Promise<Clients> {
  const masters = await mastersOf(oracle, clusterName);
  const clients = new Clients(oracle, namesrvAddrs);
  await makeTopics(oracle, masters);
  await sendMessages(oracle, clients, masters);
  await consume(clients, oracle, masters, { clusterName, namesrvAddrs });
  if (proxy !== undefined && has5x(oracle.version)) {
    await startGrpcConsumer(oracle, proxy.grpc, { group: "g-grpc", topic: "t-normal" });
    await untilConsumed(oracle, masters, "g-grpc");
  }
  // What was sent stays where no queue leads to any more.
  await writeTopic(oracle, masters, "t-shrunk", { queues: 2 });
  await writeTopic(oracle, masters, "t-readonly", { perm: 4 });
  await writeTopic(oracle, masters.slice(1), "t-empty", { queues: 3, perm: 2 });
  return clients;
}
