import { z } from "zod";
import type { Connection } from "#contract/instance.ts";
import type { Config } from "../base/config.ts";
import type { KnownBrokers } from "./known-brokers.ts";
import type { Telemetry } from "../base/telemetry.ts";
import { Problem, problemOf } from "../base/problem.ts";
import { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { AllowedNetworks } from "../rocketmq/remoting/networks.ts";
import type { InstanceRow } from "../store/schema.ts";
import type { Secrets } from "../store/secrets.ts";
import type { Store } from "../store/store.ts";

type Reachable = Pick<
  Connection,
  "namesrvAddrs" | "clusterName" | "accessKey" | "secretKey" | "tls" | "tlsCa" | "tlsVerify"
>;

export interface ClusterRegistry {
  /** The cluster of a registered instance: kept, and made anew when the way to reach it was changed; with a signal as one caller sees it. */
  get(instanceId: string, signal?: AbortSignal): Promise<RocketMQCluster>;
  /** A cluster that is not registered; whoever asks closes it. */
  open(connection: Reachable): RocketMQCluster;
  /** Closes the cluster of an instance that was removed or is reached in another way; what is under way there fails. */
  drop(instanceId: string): void;
  close(): void;
}

interface Parts {
  db: Store;
  secrets: Secrets;
  telemetry: Telemetry;
  known: KnownBrokers;
  config: Pick<Config, "requestTimeoutMs" | "allowedNetworks">;
}

const Addresses = z.array(z.string());

/** How an instance is reached, its secret opened. */
export function reachableOf(row: InstanceRow, secrets: Secrets): Reachable {
  return {
    namesrvAddrs: Addresses.parse(JSON.parse(row.namesrvAddrs)),
    clusterName: row.clusterName ?? undefined,
    accessKey: row.accessKey ?? undefined,
    secretKey: row.secretKey === null ? undefined : secrets.open(row.secretKey, `instance:${row.id}:secretKey`),
    tls: row.tls === 1,
    tlsCa: row.tlsCa ?? undefined,
    tlsVerify: row.tlsVerify === 1,
  };
}

/** Clusters by instance. */
export function createClusters({ db, secrets, telemetry, known, config }: Parts): ClusterRegistry {
  const networks = new AllowedNetworks(config.allowedNetworks);
  const kept = new Map<string, { key: string; cluster: RocketMQCluster }>();

  function open(to: Reachable): RocketMQCluster {
    const cluster = new RocketMQCluster({
      namesrvAddrs: to.namesrvAddrs,
      clusterName: to.clusterName,
      credentials:
        to.accessKey === undefined || to.secretKey === undefined
          ? undefined
          : { accessKey: to.accessKey, secretKey: to.secretKey },
      tls: to.tls ? { ca: to.tlsCa, rejectUnauthorized: to.tlsVerify } : undefined,
      timeoutMs: config.requestTimeoutMs,
      remoting: { networks },
    });
    cluster.observe(({ code, ms, responseCode, error }) => {
      const result = error === undefined ? String(responseCode ?? 0) : (problemOf(error)?.code ?? "FAILED");
      telemetry.rpc.observe({ code: String(code), result }, ms / 1000);
    });
    return cluster;
  }

  function drop(instanceId: string): void {
    kept.get(instanceId)?.cluster.close();
    kept.delete(instanceId);
  }

  async function get(instanceId: string): Promise<RocketMQCluster> {
    const row = await db
      .selectFrom("instance")
      .selectAll()
      .where("id", "=", instanceId)
      .where("recycledAt", "is", null)
      .executeTakeFirst();
    if (row === undefined) {
      drop(instanceId);
      throw new Problem("INSTANCE_NOT_FOUND");
    }
    const key = JSON.stringify([
      row.namesrvAddrs,
      row.clusterName,
      row.accessKey,
      row.secretKey,
      row.tls,
      row.tlsCa,
      row.tlsVerify,
    ]);
    const own = kept.get(instanceId);
    if (own?.key === key) return own.cluster;
    const { brokers } = await known.before(instanceId);
    const meanwhile = kept.get(instanceId);
    if (meanwhile?.key === key) return meanwhile.cluster;
    drop(instanceId);
    const cluster = open(reachableOf(row, secrets));
    cluster.remember(brokers);
    kept.set(instanceId, { key, cluster });
    return cluster;
  }

  return {
    get: async (instanceId, signal) => (await get(instanceId)).until(signal),
    open,
    drop,
    close() {
      for (const { cluster } of kept.values()) cluster.close();
      kept.clear();
    },
  };
}
