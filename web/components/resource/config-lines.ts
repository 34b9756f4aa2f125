import type { Failure } from "#contract/list.ts";

interface BrokerConfig {
  brokerName: string;
  addr: string;
  values: Record<string, string>;
}

export interface ConfigLine {
  key: string;
  /** Of each broker, in their order. */
  values: (string | undefined)[];
  differs: boolean;
}

export interface ConfigLines {
  brokers: BrokerConfig[];
  items: ConfigLine[];
  failures: Failure[];
}

/** One line a key, one value a broker; what differs first. For the `select` of a query. */
export function lineByLine({ items, failures }: { items: BrokerConfig[]; failures: Failure[] }): ConfigLines {
  const keys = [...new Set(items.flatMap(({ values }) => Object.keys(values)))].sort();
  const lines = keys.map((key): ConfigLine => {
    const values = items.map((broker) => broker.values[key]);
    return { key, values, differs: new Set(values).size > 1 };
  });
  const byDifference = [...lines.filter(({ differs }) => differs), ...lines.filter(({ differs }) => !differs)];
  return { brokers: items, items: byDifference, failures };
}
