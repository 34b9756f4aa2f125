import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RocketMQCluster } from "../bff/rocketmq/cluster/cluster.ts";
import { startCluster, type SandboxCluster } from "../sandbox/cluster.ts";
import { residentMB, startBenchConsole, type BenchConsole } from "./console.ts";
import type { Rate } from "./meter.ts";
import type { Settings } from "./settings.ts";

type Stop = () => Promise<unknown>;

const TIMEOUT_MS = 60_000;
const REST_MS = 10_000;

/** Brokers as people run them: both compilers, room on the heap, and store files of RocketMQ's own sizes. */
const FAST_BROKER = [
  "-XX:-UseSerialGC",
  "-XX:+UseG1GC",
  "-XX:TieredStopAtLevel=4",
  "-XX:ReservedCodeCacheSize=128m",
  "-XX:MaxMetaspaceSize=192m",
  "-Xms512m",
  "-Xmx1g",
  "-XX:MaxDirectMemorySize=512m",
];
const STORE = {
  mappedFileSizeCommitLog: String(256 << 20),
  maxHashSlotNum: "5000000",
  maxIndexNum: "20000000",
};

/** A cluster under measure: how it was started, and our client on it. */
export interface BenchCluster {
  sandbox: SandboxCluster;
  client: RocketMQCluster;
  stop: Stop;
}

/** What the parts share; everything is started when first asked for and stopped at the end. */
export class Bench {
  readonly settings: Settings;
  readonly #stops: Stop[];
  #shared: Promise<BenchCluster> | undefined;
  #console: Promise<BenchConsole> | undefined;
  #atRest = Number.NaN;
  readonly #done = new Map<string, Promise<unknown>>();

  constructor(settings: Settings, stops: Stop[]) {
    this.settings = settings;
    this.#stops = stops;
  }

  /** A cluster of two masters of its own. */
  async newCluster(): Promise<BenchCluster> {
    const sandbox = await startCluster({ name: "bench", masters: 2, brokerJvm: FAST_BROKER, brokerConf: STORE });
    const client = new RocketMQCluster({ namesrvAddrs: sandbox.namesrvAddrs, timeoutMs: TIMEOUT_MS });
    const stop = async (): Promise<void> => {
      client.close();
      await sandbox.stop();
    };
    this.#stops.push(stop);
    return { sandbox, client, stop };
  }

  /** The cluster on which most parts measure. */
  cluster(): Promise<BenchCluster> {
    return (this.#shared ??= this.newCluster());
  }

  /** A console that has just been started and knows the shared cluster only by its name server. */
  async freshConsole(): Promise<BenchConsole> {
    const { sandbox } = await this.cluster();
    const dataDir = await mkdtemp(join(tmpdir(), "rocketdeck-bench-"));
    const started = await startBenchConsole(dataDir, sandbox.namesrvAddrs);
    const stop = async (): Promise<void> => {
      await started.stop();
      await rm(dataDir, { recursive: true, force: true });
    };
    this.#stops.push(stop);
    return { ...started, stop };
  }

  /** The console that lives through the whole run; it has been left alone for some seconds before anybody asks it for something. */
  console(): Promise<BenchConsole> {
    this.#console ??= this.freshConsole().then(async (started) => {
      await sleep(REST_MS);
      this.#atRest = await residentMB(started.pid);
      return started;
    });
    return this.#console;
  }

  /** Resident memory of that console before its first list, in MB. */
  async residentAtRest(): Promise<number> {
    await this.console();
    return this.#atRest;
  }

  /** Prepares something once, whichever parts need it. */
  once<T>(name: string, prepare: () => Promise<T>): Promise<T> {
    const known = this.#done.get(name) as Promise<T> | undefined;
    if (known) return known;
    const made = prepare();
    this.#done.set(name, made);
    return made;
  }

  /** Runs the rounds of a figure, none of which begins after `minutes`. */
  async rounds(minutes: number, run: (round: number) => Promise<void>): Promise<void> {
    const deadline = Date.now() + minutes * 60_000;
    for (let round = 0; round < this.settings.rounds; round++) {
      if (round > 0 && Date.now() > deadline) {
        console.log(`  out of time after ${round} rounds`);
        return;
      }
      await run(round);
    }
  }

  /** Shows what the last round measured. */
  tell(measured: Readonly<Record<string, readonly Measured[]>>): void {
    const last = Object.entries(measured).map(([name, values]) => `${name} ${shown(values.at(-1))}`);
    console.log(`  ${last.join(", ")}`);
  }
}

type Measured = number | Rate;

function shown(value: Measured | undefined): string {
  if (typeof value === "number") return value.toFixed(value < 10 ? 2 : 0);
  return value === undefined ? "–" : `${value.perSecond.toFixed(0)}/s at ${value.cpuMicros.toFixed(1)} µs`;
}
