import "./online.css";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense } from "react";
import type { ProducerItem } from "#contract/online.ts";
import { NotKnown } from "../../components/backlog.tsx";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { TopicLink } from "../../components/links.tsx";
import { Num } from "../../components/num.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { figure, hideable } from "../../components/resource/columns.tsx";
import { Label } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState } from "../../lib/search.ts";
import { visible } from "../../lib/visible.ts";
import { producersSearch } from "./online-search.ts";
import { SharedTag } from "./online-words.tsx";

const ProducerDrawer = lazy(() => import("./producer-drawer.tsx").then((m) => ({ default: m.ProducerDrawer })));

/** Producer groups that are connected, with the topics that they were seen to send to. */
export function ProducersPage({ instanceId }: { instanceId: string }) {
  const t = useT("online");
  const [search, patch] = useUrlState(producersSearch);
  const { broker, of } = search;
  const { sort = "group" } = search;
  const list = useListQuery(
    api.online.producers,
    { instanceId, ...listInput(search), broker, sort },
    of === undefined ? search.refresh : undefined,
  );
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  const seen = list.query.data?.seen;
  return (
    <>
      <PageHeader title={t("producers")} text={t("producersText")} />
      {seen !== undefined && seen.proxies.length > 0 ? (
        <p className="rd-note">{t("producersBehindProxies", { proxies: seen.proxies.join(", ") })}</p>
      ) : null}
      <DataTable
        id="producers"
        label={t("producers")}
        list={list}
        rowKey={(row) => `${row.group} ${row.topic ?? ""}`}
        columns={useColumns(instanceId, seen, (group) => patch({ of: group }))}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        defaultSort={{ sort: "group", order: "asc" }}
        filters={[
          {
            key: "broker",
            label: t("broker"),
            options: (options.data?.brokers ?? []).map(({ brokerName }) => ({ value: brokerName, label: brokerName })),
          },
        ]}
        empty={{ title: t("empty.producers"), text: t("empty.producersText") }}
      />
      {seen === undefined ? null : (
        <p className="rd-quiet rd-online-foot">
          {t("lookedAt", { count: seen.lookedAt, of: seen.topics, perQueue: seen.perQueue })}
        </p>
      )}
      <Suspense fallback={null}>
        {of === undefined ? null : (
          <ProducerDrawer instanceId={instanceId} group={of} onClose={() => patch({ of: undefined })} />
        )}
      </Suspense>
    </>
  );
}

function useColumns(
  instanceId: string,
  seen: { perQueue: number } | undefined,
  open: (group: string) => void,
): Column<ProducerItem>[] {
  const t = useT("online");
  return [
    {
      key: "group",
      title: t("producerGroup"),
      sortable: true,
      render: (row) => (
        <span className="rd-named">
          {visible(row.group)}
          {row.shared ? <SharedTag what="producer" /> : null}
        </span>
      ),
    },
    {
      key: "topic",
      title: <span title={t("topicSeenText")}>{t("topic")}</span>,
      sortable: true,
      render: ({ topic, certain }) =>
        topic === null ? (
          <NotKnown why={t("noTopicSeen", { count: seen?.perQueue ?? 0 })} />
        ) : (
          <span className="rd-named">
            <TopicLink instanceId={instanceId} topic={topic} />
            {certain ? null : <Label title={t("uncertainText")}>{t("uncertain")}</Label>}
          </span>
        ),
    },
    figure("lastSentAt", t("lastSent"), ({ lastSentAt }) => <Time at={lastSentAt} relative />),
    figure("clients", t("clients"), ({ clients }) => <Num value={clients} />),
    hideable("languages", t("languages"), ({ languages }) => languages.join(", ")),
    hideable("brokers", t("brokers"), ({ brokers }) => (
      <span className="rd-ellipsis rd-online-brokers" title={brokers.join("\n")}>
        {brokers.join(", ")}
      </span>
    )),
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: ({ group }) => (
        <Button size="small" type="text" onClick={() => open(group)}>
          {t("connections")}
          <span className="rd-visually-hidden"> {group}</span>
        </Button>
      ),
    },
  ];
}
