import { useQuery } from "@tanstack/react-query";
import type { TopicRoute } from "#contract/topic.ts";
import { Copyable } from "../../components/copyable.tsx";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { lineByLine } from "../../components/resource/config-lines.ts";
import { ConfigTab } from "../../components/resource/config-tab.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import type { TabProps } from "./topic-tabs.tsx";
import { PermLabel } from "./topic-words.tsx";

export function RouteTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const query = useQuery(api.topic.route.queryOptions({ input: { instanceId, topic } }));
  const columns: PartColumn<TopicRoute>[] = [
    { key: "broker", title: t("broker"), render: (row) => <Name value={row.brokerName} /> },
    { key: "cluster", title: t("cluster"), render: (row) => <Name value={row.cluster} /> },
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

export function TopicConfigTab({ instanceId, topic }: TabProps) {
  const input = { instanceId, topic };
  return <ConfigTab resource="topic" query={useQuery(api.topic.config.queryOptions({ input, select: lineByLine }))} />;
}
