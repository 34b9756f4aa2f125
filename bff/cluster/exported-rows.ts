import type { Columns } from "../base/table-file.ts";
import type { RocketMQCluster } from "../rocketmq/cluster/cluster.ts";
import { remarkCell, valuesOf, type Cells, type Values } from "./resource-values.ts";

interface Exported<Config> {
  name: string;
  remark: string;
  configs: readonly { brokerName: string; config: Config }[];
}

/** A row of an export: a topic or group on the brokers that have it set alike. */
export interface ExportedRow {
  name: string;
  values: Values;
  brokers: string[];
  remark: string;
}

/** A row for each way in which brokers have it set, so that an import makes it as it is on each of them. */
export function exportedRows<Config>({ name, remark, configs }: Exported<Config>, cells: Cells<Config>): ExportedRow[] {
  const rows = new Map<string, ExportedRow>();
  for (const { brokerName, config } of configs) {
    const values = valuesOf(cells, config);
    const key = JSON.stringify(values);
    const row = rows.get(key) ?? { name, values, brokers: [], remark };
    row.brokers.push(brokerName);
    rows.set(key, row);
  }
  return [...rows.values()];
}

const cellOf = (value: string) => (/^-?\d{1,9}$/.test(value) ? Number(value) : value);

/** Columns that the import reads, and where the brokers are. */
export async function exportedColumns(
  cluster: RocketMQCluster,
  nameHeading: string,
  cells: Readonly<Record<string, unknown>>,
): Promise<Columns<ExportedRow>> {
  const brokers = await cluster.brokers();
  const addrs = new Map(brokers.map(({ brokerName, master }) => [brokerName, master ?? ""]));
  const settings = Object.keys(cells).map((heading) => [
    heading,
    ({ values }: ExportedRow) => cellOf(values[heading] ?? ""),
  ]);
  return {
    [nameHeading]: (row) => row.name,
    ...Object.fromEntries(settings),
    ClusterName: () => brokers[0]?.cluster ?? "",
    BrokerName: (row) => row.brokers.join(";"),
    BrokerAddr: (row) => row.brokers.map((name) => addrs.get(name) ?? "").join(";"),
    Remark: (row) => remarkCell(row.remark),
  };
}
