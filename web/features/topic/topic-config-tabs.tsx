import { useQuery } from "@tanstack/react-query";
import type { TopicRoute } from "#contract/topic.ts";
import { Copyable } from "../../components/copyable.tsx";
import { Num } from "../../components/num.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { PartTable, type PartColumn } from "../../components/part-table.tsx";
import type { TabProps } from "./topic-tabs.tsx";
import { PermLabel } from "./topic-words.tsx";

export function RouteTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const query = useQuery(api.topic.route.queryOptions({ input: { instanceId, topic } }));
  const columns: PartColumn<TopicRoute>[] = [
    { key: "broker", title: t("broker"), render: (row) => <span className="rd-mono">{row.brokerName}</span> },
    { key: "cluster", title: t("cluster"), render: (row) => <span className="rd-mono">{row.cluster}</span> },
    {
      key: "addrs",
      title: t("addresses"),
      render: (row) => (
        <ul>
          {row.addrs.map(({ brokerId, role, addr }) => (
            <li key={brokerId}>
              <span className="rd-quiet">{t(`role.${role}`, { id: brokerId })}</span> <Copyable value={addr} />
            </li>
          ))}
        </ul>
      ),
    },
    { key: "read", title: t("readQueues"), align: "right", render: (row) => <Num value={row.readQueues} /> },
    { key: "write", title: t("writeQueues"), align: "right", render: (row) => <Num value={row.writeQueues} /> },
    { key: "perm", title: t("permission"), render: (row) => <PermLabel perm={row.perm} /> },
  ];
  const orderConf = query.data?.orderConf ?? null;
  return (
    <PartTable
      label={t("tab.route")}
      query={query}
      columns={columns}
      rowKey={(row) => row.brokerName}
      note={
        orderConf === null ? undefined : (
          <>
            {t("orderConf")} <Copyable value={orderConf} />
          </>
        )
      }
      empty={{ title: t("empty.route"), text: t("empty.routeText") }}
    />
  );
}

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

export function ConfigTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const query = useQuery(
    api.topic.config.queryOptions({
      input: { instanceId, topic },
      select: ({ items, ...rest }) => ({ ...rest, brokers: items, items: linesOf(items) }),
    }),
  );
  const brokers = query.data?.brokers ?? [];
  const columns: PartColumn<ConfigLine>[] = [
    {
      key: "key",
      title: t("key"),
      render: (line) => (
        <span className="rd-topic-name">
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
