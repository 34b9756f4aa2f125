import "./online.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense } from "react";
import type { ConsumerItem } from "#contract/online.ts";
import { LagNum, NeverConsumed, NotKnown } from "../../components/backlog.tsx";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { GroupLink, TopicLink } from "../../components/links.tsx";
import { SumNum } from "../../components/num.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { figure, hideable } from "../../components/resource/columns.tsx";
import { Label } from "../../components/state-tag.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { consumersSearch, presences, type ConsumersSearch } from "./online-search.ts";
import { DiffersTag, PresenceTag, SharedTag } from "./online-words.tsx";

const ConsumerDrawer = lazy(() => import("./consumer-drawer.tsx").then((m) => ({ default: m.ConsumerDrawer })));

/** Who is furthest behind is who one came for. */
const WORST_FIRST = { sort: "lag", order: "desc" } as const;

/** Groups and the topics that they consume, with who is online and how far behind they are. */
export function ConsumersPage({ instanceId }: { instanceId: string }) {
  const t = useT("online");
  const [search, patch] = useUrlState(consumersSearch);
  const { broker, presence, of, topic, tab } = search;
  const { sort = WORST_FIRST.sort, order = search.sort ? undefined : WORST_FIRST.order } = search;
  const list = useListQuery(
    api.online.consumers,
    { instanceId, ...listInput(search), broker, presence, sort, order },
    of === undefined ? search.refresh : undefined,
  );
  const options = useQuery(api.group.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  const isBlind = list.query.data?.failures.some(({ code }) => code === "GRPC_CLIENTS_UNSEEN") ?? false;
  return (
    <>
      <PageHeader title={t("consumers")} text={t("consumersText")} />
      {isBlind ? <Blind instanceId={instanceId} /> : null}
      <DataTable
        id="consumers"
        label={t("consumers")}
        list={list}
        rowKey={(row) => `${row.group} ${row.topic ?? ""}`}
        columns={useColumns(instanceId, (row, tab) =>
          patch({ of: row.group, topic: row.topic ?? undefined, tab: tab === "lag" ? undefined : tab }),
        )}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        defaultSort={WORST_FIRST}
        filters={[
          {
            key: "presence",
            label: t("presenceFilter"),
            options: presences.map((value) => ({ value, label: t(`presence.${value}`) })),
          },
          {
            key: "broker",
            label: t("broker"),
            options: (options.data?.brokers ?? []).map(({ brokerName }) => ({ value: brokerName, label: brokerName })),
          },
        ]}
        empty={{ title: t("empty.consumers"), text: t("empty.consumersText") }}
      />
      <Suspense fallback={null}>
        {of === undefined ? null : (
          <ConsumerDrawer
            instanceId={instanceId}
            group={of}
            topic={topic}
            tab={tab}
            everySeconds={search.refresh}
            onTab={(next) => patch({ tab: next })}
            onEvery={(refresh, how) => patch({ refresh }, how)}
            onClose={() => patch({ of: undefined, topic: undefined, tab: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}

/** Clients behind proxies are known to proxies alone, and none was given. */
function Blind({ instanceId }: { instanceId: string }) {
  const t = useT("online");
  const mayUpdate = useCan("instance:update");
  return (
    <p className="rd-note" data-tone="warn">
      {t("blind")}{" "}
      {mayUpdate ? (
        <Link to="/instances/$instanceId/overview" params={{ instanceId }} search={{ open: "connection" }}>
          {t("giveProxy")}
        </Link>
      ) : null}
    </p>
  );
}

function useColumns(
  instanceId: string,
  open: (row: ConsumerItem, tab: NonNullable<ConsumersSearch["tab"]>) => void,
): Column<ConsumerItem>[] {
  const t = useT(["online", "group"]);
  return [
    {
      key: "group",
      title: t("consumerGroup"),
      sortable: true,
      render: (row) => (
        <span className="rd-named">
          <GroupLink instanceId={instanceId} group={row.group} />
          {row.pop ? <Label title={t("popText")}>POP</Label> : null}
          {row.shared ? <SharedTag what="consumer" /> : null}
          {row.differs ? <DiffersTag /> : null}
        </span>
      ),
    },
    {
      key: "topic",
      title: t("topic"),
      sortable: true,
      render: ({ topic }) =>
        topic === null ? <NotKnown why={t("noTopic")} /> : <TopicLink instanceId={instanceId} topic={topic} />,
    },
    { ...hideable<ConsumerItem>("clients", t("clients"), (row) => <PresenceTag of={row} />), sortable: "desc" },
    figure("lag", t("notConsumed"), (row) => <LagNum of={row} unknown={row.lagUnknown} atLeast={row.atLeast} />),
    figure("neverConsumed", t("common:backlog.neverConsumed"), (row) => (
      <NeverConsumed of={row} atLeast={row.atLeast} />
    )),
    figure("groupTps", t("groupTps"), (row) => (
      <span title={t("groupTpsText")}>
        <SumNum value={row.groupTps} as="rate" atLeast={row.atLeast} />
      </span>
    )),
    hideable("type", t("connectType"), ({ consumeType }) =>
      consumeType === null ? "–" : t(`group:consumeType.${consumeType}`, { defaultValue: consumeType }),
    ),
    hideable("model", t("model"), ({ messageModel }) =>
      messageModel === null ? "–" : t(`group:models.${messageModel}`, { defaultValue: messageModel }),
    ),
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: (row) =>
        (["lag", "clients"] as const).map((tab) => (
          <Button key={tab} size="small" type="text" onClick={() => open(row, tab)}>
            {t(`action.${tab}`)}
            <span className="rd-visually-hidden">
              {" "}
              {row.group} {row.topic}
            </span>
          </Button>
        )),
    },
  ];
}
