import { rm } from "node:fs/promises";
import { type ProgramCluster, buildPrograms, clusterArgs, printedLines, startProgram } from "./java-program.ts";
import { untilReady } from "./jvm.ts";

export interface WorkloadOptions {
  /** Messages a second, over all topics. */
  rate?: number;
  /** Send this many messages and end, without consumers. */
  seedOnly?: number;
  /** Send this many messages and go on consuming. */
  count?: number;
  /** A file to which each consumer writes what it did with each message, a line of JSON each. */
  log?: string;
}

export interface Workload {
  /** Settles when everything runs, or with seedOnly when everything is sent. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

const SMALL = ["-Xms48m", "-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xss256k"];

/** Downloads and builds what the workload needs, once. */
export async function buildWorkload(): Promise<void> {
  await buildPrograms();
}

/** Runs a small shop on a cluster, in Java with the official clients; it ends with this process at the latest. */
export function startWorkload(cluster: ProgramCluster, { rate, seedOnly, count, log }: WorkloadOptions = {}): Workload {
  // The gRPC client cannot be told to trust the sandbox's own authority.
  const grpc = cluster.proxy && !cluster.tls ? ["--grpc", cluster.proxy.grpc] : [];
  const pace = rate === undefined ? [] : ["--rate", String(rate)];
  const seed = seedOnly === undefined ? [] : ["--seed-only", String(seedOnly)];
  const counted = count === undefined ? [] : ["--count", String(count)];
  const logged = log === undefined ? [] : ["--log", log];
  const starting = startProgram({
    name: "workload",
    mainClass: "io.rocketdeck.workload.Main",
    jvmArgs: SMALL,
    args: [...clusterArgs(cluster), ...grpc, ...pace, ...seed, ...counted, ...logged],
    tls: cluster.tls,
  });
  const ready = starting.then((jvm) =>
    untilReady(jvm, "running", async () => (await printedLines(jvm)).some((line) => line.startsWith('{"ready":true'))),
  );
  let failed = false;
  ready.catch(() => {
    failed = true;
  });
  return {
    ready,
    async stop() {
      const keepLogs = failed;
      const jvm = await starting.catch(() => undefined);
      await jvm?.kill();
      if (jvm && !keepLogs) await rm(jvm.dir, { recursive: true, force: true });
    },
  };
}
