import "./topic.css";
import { useQuery } from "@tanstack/react-query";
import { lazy } from "react";
import type { TopicItem, TopicOnBroker } from "#contract/topic.ts";
import type { Column } from "../../components/grid-table.tsx";
import { NeverConsumed } from "../../components/backlog.tsx";
import { SumNum } from "../../components/num.tsx";
import { figure, hideable, useCommonColumns } from "../../components/resource/columns.tsx";
import { TopicLink } from "../../components/links.tsx";
import { ListFrame, useFilters } from "../../components/resource/list-frame.tsx";
import { api, client } from "../../lib/api.ts";
import { Time } from "../../components/time.tsx";
import { Trend, useTrendSpan } from "../../components/trend.tsx";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { topicKinds, topicListSearch, topicTypes, type TopicListSearch } from "./topic-search.ts";
import { TopicSelection } from "./topic-selection.tsx";
import { Queues, TopicMarks, TypeLabel } from "./topic-words.tsx";

const CreateDrawer = lazy(() => import("./topic-create-drawer.tsx").then((m) => ({ default: m.TopicCreateDrawer })));
const EditDrawer = lazy(() => import("./topic-edit-drawer.tsx").then((m) => ({ default: m.TopicEditDrawer })));
const DeleteDrawer = lazy(() => import("./topic-delete-drawer.tsx").then((m) => ({ default: m.TopicDeleteDrawer })));

/** What the list is narrowed to, as the API takes it. */
const filterOf = (search: TopicListSearch) => ({
  search: search.search,
  kind: search.kind === "all" ? undefined : (search.kind ?? ("normal" as const)),
  broker: search.broker,
  messageType: search.messageType,
});

export function TopicListPage({ instanceId }: { instanceId: string }) {
  const t = useT("topic");
  const [search, patch] = useUrlState(topicListSearch);
  const filter = filterOf(search);
  const list = useListQuery(
    api.topic.list,
    { instanceId, ...listInput(search), ...filter, sort: search.sort },
    search.refresh,
  );
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  const mayDelete = useCan("topic:delete");
  const names = (list.query.data?.items ?? []).map(({ topic }) => topic).sort();
  const types = topicTypes.map((value) => ({ value, label: t(`type.${value}`) }));
  const close = { instanceId, onClose: () => patch({ open: undefined, of: undefined }) };
  return (
    <ListFrame
      resource="topic"
      instanceId={instanceId}
      list={list}
      search={search}
      patch={patch}
      defaultSort={{ sort: "topic", order: "asc" }}
      columns={useColumns(instanceId, patch, names)}
      filters={[
        ...useFilters("topic", topicKinds, options.data?.brokers ?? []),
        { key: "messageType", label: t("messageType"), options: types },
      ]}
      exported={(format) => client.topic.export({ instanceId, ...filter, format })}
      selection={({ keys, all }, clear) => (
        <TopicSelection
          chosen={{ instanceId, ...(all === undefined ? { topics: keys } : filter) }}
          mayDelete={mayDelete}
          onDone={clear}
        />
      )}
      selectable={(topic) => topic.kind !== "system"}
      drawers={{
        create: () => <CreateDrawer {...close} />,
        edit: (topic) => <EditDrawer {...close} topic={topic} />,
        delete: (topic) => <DeleteDrawer {...close} topic={topic} />,
      }}
    />
  );
}

function useColumns(instanceId: string, patch: Patch<TopicListSearch>, topics: string[]): Column<TopicItem>[] {
  const t = useT("topic");
  const common = useCommonColumns("topic", patch, (topic: TopicItem) => !topic.routeOnly);
  const trends = api.topic.trends.queryOptions({ input: { instanceId, topics, ...useTrendSpan() } });
  const onBroker = ({ brokerName, readQueues, writeQueues }: TopicOnBroker) =>
    t("onBroker", { broker: brokerName, read: readQueues, write: writeQueues });
  return [
    common.name((topic) => (
      <>
        <TopicLink instanceId={instanceId} topic={topic.topic} />
        <TopicMarks topic={topic} />
      </>
    )),
    figure("tps", t("tps"), (topic) => <SumNum value={topic.tps} as="rate" atLeast={topic.atLeast} />),
    {
      key: "trend",
      title: t("common:trend.title"),
      hideable: t("trend"),
      render: ({ topic }) => <Trend name={topic} curves={trends} as="rate" />,
    },
    figure("lag", t("common:backlog.lag"), (topic) => <SumNum value={topic.lag} atLeast={topic.atLeast} />),
    figure("neverConsumed", t("common:backlog.neverConsumed"), (topic) => (
      <NeverConsumed of={topic} atLeast={topic.atLeast} />
    )),
    figure("stored", t("stored"), (topic) => <SumNum value={topic.stored} atLeast={topic.atLeast} />),
    figure("lastStoredAt", t("lastStored"), (topic) => <Time at={topic.lastStoredAt} relative />),
    common.brokers(({ brokers }) => brokers.map(onBroker)),
    figure("readQueues", t("queuesShort"), (topic) => <Queues topic={topic} />),
    hideable("messageType", t("messageType"), (topic) => <TypeLabel topic={topic} />),
    common.remark,
    common.actions,
  ];
}
