import type { ImportRow } from "#contract/csv-import.ts";
import type { Capability } from "../../rocketmq/cluster/capabilities.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { FanOut } from "../../rocketmq/cluster/fan-out.ts";

export type Values = Readonly<Record<string, string>>;
export type Fault = ImportRow["faults"][number];

/** Settings of the console that rows are checked against. */
export interface Limits {
  maxQueuesPerBroker: number;
}

export interface ImportColumn {
  name: string;
  /** Other headings for it, in lower case. */
  aliases: readonly string[];
  /** The value where a file has no such column or an empty cell; without it the column must be there. */
  otherwise?: string;
  /** The value as it is compared and written, or what is wrong with the cell. */
  read(cell: string, limits: Limits): { value: string } | { fault: string; params?: Fault["params"] };
}

/** What can be imported: its columns, the first of which is the name, and how brokers are asked for it. */
export interface ImportKind {
  what: "topic" | "group";
  columns: readonly ImportColumn[];
  /** What is wrong with values that are right one by one. */
  check?(values: Values): Fault[];
  /** Rows that may be on one broker only. */
  onOneBroker?(values: Values): boolean;
  examples: readonly (readonly string[])[];
  /** Names that RocketMQ keeps for itself in this cluster. */
  ownNames(cluster: RocketMQCluster): Promise<ReadonlySet<string>>;
  /** What each master has under these names; a column that a broker does not keep is left out. */
  stored(
    cluster: RocketMQCluster,
    names: ReadonlySet<string>,
  ): Promise<FanOut<BrokerTarget, ReadonlyMap<string, Values>>>;
  create(cluster: RocketMQCluster, addr: string, values: Values): Promise<void>;
  /** What a broker has to be able to do for `createMany`. */
  together: Capability;
  /** Creates many in one request and returns the names that the broker has then; others are left to `create`. */
  createMany(cluster: RocketMQCluster, addr: string, rows: readonly Values[]): Promise<ReadonlySet<string>>;
}

/** A column whose cells are a whole number. */
export const wholeNumber =
  (min: number, max: (limits: Limits) => number, fault: string): ImportColumn["read"] =>
  (cell, limits) => {
    const most = max(limits);
    const value = /^\d{1,9}$/.test(cell) ? Number(cell) : -1;
    return value < min || value > most ? { fault, params: { min, max: most } } : { value: String(value) };
  };

/** A column whose cells are one of a few words, in whatever case. */
export const oneOfWords =
  (words: Readonly<Record<string, readonly string[]>>, fault: string): ImportColumn["read"] =>
  (cell) => {
    const wanted = cell.toLowerCase();
    const found = Object.entries(words).find(
      ([value, others]) => value.toLowerCase() === wanted || others.includes(wanted),
    );
    return found === undefined ? { fault, params: { known: Object.keys(words).join(", ") } } : { value: found[0] };
  };
