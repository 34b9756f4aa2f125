import { noRates, ratesBetween, readRuntime, type Runtime } from "../../monitor/runtime.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { Target } from "../../rocketmq/cluster/fan-out.ts";
import { brokerRpc } from "../../rocketmq/rpc/broker.ts";

const BROKERS_MAX = 32;
const DEADLINE_MS = 2000;
/** Over a longer gap a mean would show what never was. */
const LONGEST_GAP_MS = 5000;

/** What a broker says of itself, of all topics; null is not known. */
export interface BrokerFigures {
  broker: string;
  put: number | null;
  get: number | null;
  /** Sends that wait for a thread. */
  queue: number | null;
  diskRatio: number | null;
}

function waiting(table: ReadonlyMap<string, string>): number | null {
  const text = table.get("sendThreadPoolQueueSize");
  const value = Number(text ?? NaN);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** Reads the brokers' own counters (code 28) again and again; rates are between two readings. */
export class BrokerCounters {
  readonly #cluster: RocketMQCluster;
  readonly #targets: readonly Target[];
  readonly #before = new Map<string, { at: number; runtime: Runtime }>();

  constructor(cluster: RocketMQCluster, targets: readonly Target[]) {
    this.#cluster = cluster;
    this.#targets = targets.slice(0, BROKERS_MAX);
  }

  /** One that did not answer is not among them. */
  async read(signal: AbortSignal): Promise<BrokerFigures[]> {
    const { items } = await this.#cluster.fanOut(
      this.#targets,
      async ({ addr }) => {
        const table = await this.#cluster.call(brokerRpc.getBrokerRuntimeInfo, addr, {}, { signal });
        return { at: performance.now(), table: table.table };
      },
      { concurrency: BROKERS_MAX, deadlineMs: DEADLINE_MS, signal },
    );
    return items.map(({ target: { name: broker }, value: { at, table } }) => {
      const runtime = readRuntime(table);
      const before = this.#before.get(broker);
      const rates = before === undefined ? noRates : ratesBetween(before, { at, runtime }, LONGEST_GAP_MS);
      this.#before.set(broker, { at, runtime });
      const { produceTps: put, consumeTps: get } = rates;
      return { broker, put, get, queue: waiting(table), diskRatio: runtime.diskRatio };
    });
  }
}
