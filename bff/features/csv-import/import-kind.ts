import type { ImportRow } from "#contract/csv-import.ts";
import { REMARK_MAX } from "#contract/rules/limits.ts";
import type { Capability } from "../../rocketmq/cluster/capabilities.ts";
import type { RocketMQCluster } from "../../rocketmq/cluster/cluster.ts";
import type { BrokerTarget } from "../../rocketmq/cluster/targets.ts";
import type { FanOut, FanOutFailure } from "../../rocketmq/cluster/fan-out.ts";
import type { Values } from "../../cluster/resource-values.ts";

export type Fault = ImportRow["faults"][number];

/** Settings of the console that rows are checked against. */
export interface Limits {
  maxQueuesPerBroker: number;
}

type Wrong = { fault: string; params?: Fault["params"] };

export interface ImportColumn {
  name: string;
  /** Other headings for it, in lower case. */
  aliases: readonly string[];
  /** Whether no row says what it has to without it. */
  needed?: boolean;
  /** The value as it is compared and written, or why the cell has none. */
  read(cell: string): { value: string } | Wrong;
  /** Why nothing is made with this value; what exists may well have it. */
  refuses?(value: string, limits: Limits): Wrong | undefined;
}

/** What can be imported: its columns, the first of which is the name, and how brokers are asked for it. */
export interface ImportKind {
  what: "topic" | "group";
  columns: readonly ImportColumn[];
  /** Brings into one what two columns say; they have to agree. */
  agreed?(values: Values): { values: Values; faults: Fault[] };
  /** What is written where a row does not say. */
  defaults(values: Values): Values;
  /** Why nothing is made with values that are right one by one. */
  check?(values: Values): Fault[];
  /** Rows that may be on one broker only. */
  onOneBroker?(values: Values): boolean;
  /** The file that people begin with: header and examples. */
  template: readonly (readonly string[])[];
  /** Names that RocketMQ keeps for itself in this cluster. */
  ownNames(cluster: RocketMQCluster): Promise<ReadonlySet<string>>;
  /** What brokers have to be able to do to keep all columns. */
  keepsAll: Capability;
  /** Columns that other brokers do not keep, and which of their values are lost by that. */
  newer: Readonly<Record<string, (value: string) => boolean>>;
  /** What each master has under these names. */
  stored(
    cluster: RocketMQCluster,
    names: ReadonlySet<string>,
  ): Promise<FanOut<BrokerTarget, ReadonlyMap<string, Values>>>;
  create(cluster: RocketMQCluster, addr: string, values: Values): Promise<void>;
  /** What a broker has to be able to do for `createMany`. */
  together: Capability;
  /** Creates many in one request and returns the names that the broker has then; others are left to `create`. */
  createMany(cluster: RocketMQCluster, addr: string, rows: readonly Values[]): Promise<ReadonlySet<string>>;
  /** What is left to do once brokers have it; nothing is done twice by it. */
  created?(cluster: RocketMQCluster, values: Values, brokers: readonly string[]): Promise<readonly FanOutFailure[]>;
  /** Whether that is still to be done for a broker that has it, since it failed or never was. */
  unfinished?(cluster: RocketMQCluster): Promise<Unfinished>;
}

export interface Unfinished {
  isLeft: (values: Values, brokerName: string) => boolean;
  failures: readonly FanOutFailure[];
}

/** Where rows go that say so: one broker or several. */
const BROKERS = "BrokerName";
export const brokersOf = (values: Values): string[] | undefined => values[BROKERS]?.split(";");

const LISTED = 5;
const LISTED_LENGTH = 80;
/** The first of what may be many and long. */
export const firstOf = (texts: readonly string[], between = ", "): string =>
  [
    ...texts.slice(0, LISTED).map((text) => text.slice(0, LISTED_LENGTH)),
    ...(texts.length > LISTED ? [`… (+${texts.length - LISTED})`] : []),
  ].join(between);

/** Columns of whatever is imported. */
export const placeColumns: readonly ImportColumn[] = [
  {
    name: BROKERS,
    aliases: ["broker", "brokers", "broker name", "broker名称", "broker组名"],
    read: (cell) => ({ value: [...new Set(cell.split(/\s*[;；,，]\s*/).filter(Boolean))].sort().join(";") }),
  },
  {
    name: "Remark",
    aliases: ["备注", "note", "说明"],
    read: (cell) => ({ value: cell }),
    refuses: (value) => (value.length > REMARK_MAX ? { fault: "remark", params: { max: REMARK_MAX } } : undefined),
  },
];

/** A cell that is a whole number; some settings are -1 where they are off. */
export const wholeNumber =
  (fault: string): ImportColumn["read"] =>
  (cell) =>
    /^-?\d{1,15}$/.test(cell) ? { value: BigInt(cell).toString() } : { fault };

/** A number that is made within bounds only. */
export const within =
  (min: number, max: (limits: Limits) => number, fault: string): NonNullable<ImportColumn["refuses"]> =>
  (value, limits) => {
    const most = max(limits);
    return Number(value) < min || Number(value) > most ? { fault, params: { min, max: most } } : undefined;
  };

/** A cell that is one of a few words, in whatever case; `made` are those to choose from, where others may be there already. */
export const oneOfWords =
  (
    words: Readonly<Record<string, readonly string[]>>,
    fault: string,
    made: readonly string[] = Object.keys(words),
  ): ImportColumn["read"] =>
  (cell) => {
    const wanted = cell.toLowerCase();
    const found = Object.entries(words).find(
      ([value, others]) => value.toLowerCase() === wanted || others.includes(wanted),
    );
    return found === undefined ? { fault, params: { known: made.join(", ") } } : { value: found[0] };
  };

export const trueOrFalse = oneOfWords({ true: ["yes", "1", "是"], false: ["no", "0", "否"] }, "flag");

/** A cell of `name=value` pairs, each name once. */
export const attributePairs: ImportColumn["read"] = (cell) => {
  const pairs = cell.split(";");
  const names = new Set(pairs.map((pair) => pair.slice(0, pair.indexOf("="))));
  return names.size === pairs.length && pairs.every((pair) => /^[^=+\-\s][^=]*=.+$/.test(pair))
    ? { value: pairs.sort().join(";") }
    : { fault: "attributes" };
};
