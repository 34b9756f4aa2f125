import "./topic.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense } from "react";
import type { TopicItem } from "#contract/topic.ts";
import { DataTable } from "../../components/data-table.tsx";
import { ExportButton } from "../../components/export-button.tsx";
import { RowActions } from "../../components/row-actions.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { topicKinds, topicListSearch, topicTypes, type TopicListSearch } from "./topic-search.ts";
import { TopicSelection } from "./topic-selection.tsx";
import { SumNum } from "../../components/num.tsx";
import { PermLabel, TopicMarks, TypeLabel } from "./topic-words.tsx";

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
  const input = { instanceId, ...listInput(search), ...filterOf(search), sort: search.sort };
  const list = useListQuery(api.topic.list, input, search.refresh);
  const navigate = useNavigate();
  const toImport = () => void navigate({ to: "/instances/$instanceId/topic-import", params: { instanceId } });
  const mayCreate = useCan("topic:create");
  const mayDelete = useCan("topic:delete");
  const columns = useColumns(instanceId, patch);
  const filters = useFilters(instanceId);
  const create = mayCreate ? (
    <Button type="primary" onClick={() => patch({ open: "create" })}>
      {t("create")}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={t("topics")}
        actions={
          <>
            <ExportButton
              disabled={list.query.data?.total === 0}
              file={(format) => client.topic.export({ instanceId, ...filterOf(search), format })}
            />
            {mayCreate ? <Button onClick={toImport}>{t("import")}</Button> : null}
            {create}
          </>
        }
      />
      <DataTable
        id="topics"
        label={t("topics")}
        list={list}
        rowKey={(topic) => topic.topic}
        columns={columns}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        filters={filters}
        defaultSort={{ sort: "topic", order: "asc" }}
        empty={{ title: t("empty.title"), text: t("empty.text"), action: create }}
        selection={(topics, clear) => (
          <TopicSelection instanceId={instanceId} topics={topics} mayDelete={mayDelete} onDone={clear} />
        )}
        selectable={(topic) => topic.kind !== "system"}
      />
      <Drawers instanceId={instanceId} search={search} patch={patch} />
    </>
  );
}

function useFilters(instanceId: string) {
  const t = useT("topic");
  const options = useQuery(api.topic.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  return [
    {
      key: "kind",
      label: t("kindFilter"),
      options: [...topicKinds, "all" as const].map((value) => ({ value, label: t(`kind.${value}`) })),
    },
    {
      key: "broker",
      label: t("broker"),
      options: (options.data?.brokers ?? []).map(({ brokerName }) => ({ value: brokerName, label: brokerName })),
    },
    {
      key: "messageType",
      label: t("messageType"),
      options: topicTypes.map((value) => ({ value, label: t(`type.${value}`) })),
    },
  ];
}

function useColumns(instanceId: string, patch: Patch<TopicListSearch>): Column<TopicItem>[] {
  const t = useT("topic");
  const mayUpdate = useCan("topic:update");
  const mayDelete = useCan("topic:delete");
  return [
    {
      key: "topic",
      title: t("topic"),
      sortable: true,
      render: (topic) => (
        <span className="rd-topic-name">
          <Link
            className="rd-mono"
            to="/instances/$instanceId/topics/$topic"
            params={{ instanceId, topic: topic.topic }}
          >
            {topic.topic}
          </Link>
          <TopicMarks topic={topic} />
        </span>
      ),
    },
    figure("tps", t("tps"), (topic) => <SumNum value={topic.tps} as="rate" atLeast={topic.atLeast} />),
    figure("lag", t("lag"), (topic) => <SumNum value={topic.lag} atLeast={topic.atLeast} />),
    { key: "brokers", title: t("brokers"), hideable: t("brokers"), render: (topic) => <Brokers topic={topic} /> },
    figure("readQueues", t("readQueues"), (topic) => <SumNum value={topic.readQueues} atLeast={topic.atLeast} />),
    figure("writeQueues", t("writeQueues"), (topic) => <SumNum value={topic.writeQueues} atLeast={topic.atLeast} />),
    {
      key: "perm",
      title: t("permission"),
      hideable: t("permission"),
      render: (topic) => <PermLabel perm={topic.perm} />,
    },
    {
      key: "messageType",
      title: t("messageType"),
      hideable: t("messageType"),
      render: (topic) => <TypeLabel topic={topic} />,
    },
    {
      key: "remark",
      title: <span title={t("remarkText")}>{t("remark")}</span>,
      hideable: t("remark"),
      render: (topic) => (
        <span className="rd-topic-remark rd-ellipsis" title={topic.remark}>
          {topic.remark}
        </span>
      ),
    },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: ({ topic, kind, routeOnly }) =>
        kind === "system" ? null : (
          <RowActions
            edit={
              mayUpdate &&
              !routeOnly && { label: t("editTitle", { topic }), onClick: () => patch({ open: "edit", of: topic }) }
            }
            remove={
              mayDelete && { label: t("deleteTitle", { topic }), onClick: () => patch({ open: "delete", of: topic }) }
            }
          />
        ),
    },
  ];
}

const figure = (key: string, title: string, render: Column<TopicItem>["render"]): Column<TopicItem> => ({
  key,
  title,
  hideable: title,
  align: "right",
  sortable: true,
  render,
});

function Brokers({ topic }: { topic: TopicItem }) {
  const t = useT("topic");
  const names = topic.brokers.map((broker) => broker.brokerName);
  const each = topic.brokers.map((b) =>
    t("onBroker", { broker: b.brokerName, read: b.readQueues, write: b.writeQueues }),
  );
  return (
    <span className="rd-mono" title={each.join("\n")}>
      {names.length > 3
        ? t("manyBrokers", { first: names.slice(0, 2).join(", "), count: names.length - 2 })
        : names.join(", ")}
    </span>
  );
}

function Drawers({
  instanceId,
  search,
  patch,
}: {
  instanceId: string;
  search: TopicListSearch;
  patch: Patch<TopicListSearch>;
}) {
  const close = () => patch({ open: undefined, of: undefined });
  const { open, of } = search;
  return (
    <Suspense fallback={null}>
      {open === "create" ? <CreateDrawer instanceId={instanceId} onClose={close} /> : null}
      {open === "edit" && of !== undefined ? <EditDrawer instanceId={instanceId} topic={of} onClose={close} /> : null}
      {open === "delete" && of !== undefined ? (
        <DeleteDrawer instanceId={instanceId} topic={of} onClose={close} />
      ) : null}
    </Suspense>
  );
}
