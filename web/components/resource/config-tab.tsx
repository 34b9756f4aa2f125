import type { UseQueryResult } from "@tanstack/react-query";
import { useT } from "../../lib/i18n.ts";
import { StateTag } from "../state-tag.tsx";
import type { ConfigLine, ConfigLines } from "./config-lines.ts";
import { PartTable, type PartColumn } from "./part-table.tsx";
import type { Resource } from "../../lib/resource-search.ts";
import { Name } from "../name.tsx";
import "./resource.css";

interface ConfigTabProps {
  resource: Resource;
  query: UseQueryResult<ConfigLines>;
}

/** The configuration line by line, the brokers side by side. */
export function ConfigTab({ resource, query }: ConfigTabProps) {
  const t = useT(resource);
  const brokers = query.data?.brokers ?? [];
  const columns: PartColumn<ConfigLine>[] = [
    {
      key: "key",
      title: t("key"),
      render: (line) => (
        <span className="rd-named">
          <Name value={line.key} />
          {line.differs ? <StateTag tone="warn">{t("differs")}</StateTag> : null}
        </span>
      ),
    },
    ...brokers.map((broker, index): PartColumn<ConfigLine> => ({
      key: broker.brokerName,
      title: <span title={broker.addr}>{broker.brokerName}</span>,
      render: (line) => <Name value={line.values[index] ?? "–"} />,
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
