import type { ImportRow } from "#contract/csv-import.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { RocketMQError } from "../../rocketmq/errors.ts";
import { BrokerLane } from "./broker-lane.ts";
import type { ImportKind } from "./import-kind.ts";
import type { Values } from "../../cluster/resource-values.ts";
import { sameValues, type Site } from "./import-plan.ts";

/** What became of a row at a broker; `there`: it had come meanwhile, just as wanted. */
export type Done = { done: "created" | "there" } | { code: string; detail?: string };

const failed = ({ code, remark }: RocketMQError): Done => ({ code, detail: remark });

export const inWords = (values: Values): string =>
  Object.entries(values)
    .map(([column, value]) => `${column} ${value}`)
    .join(", ");

/** Creates rows at one broker; what it has by now is not touched. */
export class BrokerWriter {
  readonly #kind: ImportKind;
  readonly #cluster: RocketMQCluster;
  readonly #site: Site;
  readonly #lane: BrokerLane;

  constructor(kind: ImportKind, cluster: RocketMQCluster, site: Site) {
    this.#kind = kind;
    this.#cluster = cluster;
    this.#site = site;
    this.#lane = new BrokerLane(site.error === undefined ? site.addr : site.brokerName);
  }

  /** Whether the broker had it when the import began. */
  has(name: string): boolean {
    return this.#site.error === undefined && this.#site.has.has(name);
  }

  async write(rows: readonly ImportRow[]): Promise<ReadonlyMap<ImportRow, Done>> {
    const site = this.#site;
    if (site.error !== undefined) return new Map(rows.map((row) => [row, failed(site.error)]));
    const done = new Map<ImportRow, Done>();
    for (const row of rows) {
      const now = site.has.get(row.name);
      if (now !== undefined) done.set(row, this.#existing(row, now));
    }
    const missing = rows.filter((row) => !done.has(row));
    const left = await this.#together(site.addr, missing, done);
    await Promise.all(
      left.map(async (row) => {
        const error = await this.#lane.run(() => this.#kind.create(this.#cluster, site.addr, row.values));
        done.set(row, error === undefined ? { done: "created" } : failed(error));
      }),
    );
    return done;
  }

  #existing(row: ImportRow, now: Values): Done {
    if (sameValues(row.values, now)) return { done: "there" };
    return { code: this.#kind.what === "topic" ? "TOPIC_EXISTS" : "GROUP_EXISTS", detail: inWords(now) };
  }

  /** Rows that are left: all of them where the broker cannot, or refuses one of them, so that each is told its own reason. */
  async #together(addr: string, rows: ImportRow[], done: Map<ImportRow, Done>): Promise<ImportRow[]> {
    if (rows.length < 2) return rows;
    let has: ReadonlySet<string> = new Set();
    const error = await this.#lane.run(async () => {
      const values = rows.map((row) => row.values);
      if (await this.#cluster.can(addr, this.#kind.together))
        has = await this.#kind.createMany(this.#cluster, addr, values);
    });
    if (error !== undefined && !this.#lane.saysGone(error)) return rows;
    for (const row of rows) {
      if (error !== undefined) done.set(row, failed(error));
      else if (has.has(row.name)) done.set(row, { done: "created" });
    }
    return rows.filter((row) => !done.has(row));
  }
}
