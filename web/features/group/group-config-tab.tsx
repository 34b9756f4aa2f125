import { useQuery } from "@tanstack/react-query";
import { PartTable, type PartColumn } from "../../components/part-table.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import type { TabProps } from "./group-progress-tab.tsx";

interface ConfigLine {
  key: string;
  values: (string | undefined)[];
  differs: boolean;
}

/** One line a key, one column a broker; what differs first. */
function linesOf(brokers: { values: Record<string, string> }[]): ConfigLine[] {
  const keys = [...new Set(brokers.flatMap(({ values }) => Object.keys(values)))].sort();
  const lines = keys.map((key): ConfigLine => {
    const values = brokers.map((broker) => broker.values[key]);
    return { key, values, differs: new Set(values).size > 1 };
  });
  return [...lines.filter((line) => line.differs), ...lines.filter((line) => !line.differs)];
}

export function ConfigTab({ instanceId, group }: TabProps) {
  const t = useT("group");
  const query = useQuery(
    api.group.config.queryOptions({
      input: { instanceId, group },
      select: ({ items, ...rest }) => ({ ...rest, brokers: items, items: linesOf(items) }),
    }),
  );
  const brokers = query.data?.brokers ?? [];
  const columns: PartColumn<ConfigLine>[] = [
    {
      key: "key",
      title: t("key"),
      render: (line) => (
        <span className="rd-group-name">
          <span className="rd-mono">{line.key}</span>
          {line.differs ? <StateTag tone="warn">{t("differs")}</StateTag> : null}
        </span>
      ),
    },
    ...brokers.map((broker, index): PartColumn<ConfigLine> => ({
      key: broker.brokerName,
      title: <span title={broker.addr}>{broker.brokerName}</span>,
      render: (line) => <span className="rd-mono">{line.values[index] ?? "–"}</span>,
    })),
  ];
  return (
    <PartTable
      label={t("tab.config")}
      query={query}
      columns={columns}
      rowKey={(line) => line.key}
      note={t("configNote")}
      empty={{ title: t("empty.config") }}
    />
  );
}
