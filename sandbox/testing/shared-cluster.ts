import { inject } from "vitest";
import type { SharedCluster } from "./shared-cluster-setup.ts";

/**
 * The 5.5.0 cluster (2 masters, 1 slave) that integration tests share. Give topics and groups names of your own;
 * a test that stops brokers or changes their configuration starts its own cluster.
 */
export async function sharedCluster(): Promise<SharedCluster> {
  const response = await fetch(inject("sharedClusterUrl"));
  if (!response.ok) throw new Error(`the shared cluster did not start: ${await response.text()}`);
  return (await response.json()) as SharedCluster;
}
