import "./group.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Switch } from "antd";
import { lazy, Suspense } from "react";
import type { GroupItem } from "#contract/group.ts";
import { DataTable } from "../../components/data-table.tsx";
import { ExportButton } from "../../components/export-button.tsx";
import { RowActions } from "../../components/row-actions.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { groupKinds, groupListSearch, type GroupListSearch } from "./group-search.ts";
import { Clients, ConsumeState, Delay, GroupMarks, Lag, useModelWord } from "./group-words.tsx";

const CreateDrawer = lazy(() => import("./group-create-drawer.tsx").then((m) => ({ default: m.GroupCreateDrawer })));
const EditDrawer = lazy(() => import("./group-edit-drawer.tsx").then((m) => ({ default: m.GroupEditDrawer })));
const DeleteDrawer = lazy(() => import("./group-delete-drawer.tsx").then((m) => ({ default: m.GroupDeleteDrawer })));

export function GroupListPage({ instanceId }: { instanceId: string }) {
  const t = useT("group");
  const [search, patch] = useUrlState(groupListSearch);
  const { kind, broker, sort } = search;
  const filter = { kind: kind === "all" ? undefined : (kind ?? ("normal" as const)), broker };
  const input = { instanceId, ...listInput(search), ...filter, sort };
  const list = useListQuery(api.group.list, input, search.refresh);
  const navigate = useNavigate();
  const toImport = () => void navigate({ to: "/instances/$instanceId/group-import", params: { instanceId } });
  const mayCreate = useCan("group:create");
  const create = mayCreate ? (
    <Button type="primary" onClick={() => patch({ open: "create" })}>
      {t("create")}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={t("groups")}
        actions={
          <>
            <ExportButton
              disabled={list.query.data?.total === 0}
              file={(format) => client.group.export({ instanceId, search: search.search, ...filter, format })}
            />
            {mayCreate ? <Button onClick={toImport}>{t("import")}</Button> : null}
            {create}
          </>
        }
      />
      <DataTable
        id="groups"
        label={t("groups")}
        list={list}
        rowKey={({ group }) => group}
        columns={useColumns(instanceId, patch)}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        filters={useFilters(instanceId)}
        defaultSort={{ sort: "group", order: "asc" }}
        empty={{ title: t("empty.title"), text: t("empty.text"), action: create }}
        selection={(groups) => (
          <ExportButton small file={(format) => client.group.export({ instanceId, groups, format })} />
        )}
      />
      <Drawers instanceId={instanceId} search={search} patch={patch} />
    </>
  );
}

function useFilters(instanceId: string) {
  const t = useT("group");
  const options = useQuery(api.group.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  return [
    {
      key: "kind",
      label: t("kindFilter"),
      options: [...groupKinds, "all" as const].map((value) => ({ value, label: t(`kind.${value}`) })),
    },
    {
      key: "broker",
      label: t("broker"),
      options: (options.data?.brokers ?? []).map(({ brokerName }) => ({ value: brokerName, label: brokerName })),
    },
  ];
}

function useColumns(instanceId: string, patch: Patch<GroupListSearch>): Column<GroupItem>[] {
  const t = useT("group");
  const model = useModelWord();
  return [
    {
      key: "group",
      title: t("group"),
      sortable: true,
      render: (row) => (
        <span className="rd-group-name">
          <Link className="rd-mono" to="/instances/$instanceId/groups/$group" params={{ instanceId, group: row.group }}>
            {row.group}
          </Link>
          <GroupMarks group={row} />
        </span>
      ),
    },
    figure("lag", t("lag"), (row) => <Lag group={row} />),
    figure("delayMs", t("delay"), (row) => <Delay group={row} />),
    figure("tps", t("tps"), (row) => <SumNum value={row.tps} as="rate" atLeast={row.atLeast} />),
    {
      key: "clients",
      title: t("clients"),
      hideable: t("clients"),
      render: (row) => <Clients count={row.clients} />,
    },
    { key: "brokers", title: t("brokers"), hideable: t("brokers"), render: (row) => <Brokers group={row} /> },
    {
      key: "consume",
      title: t("consumeEnable"),
      hideable: t("consumeEnable"),
      render: (row) => <ConsumeSwitch group={row} patch={patch} />,
    },
    figure("retryMaxTimes", t("retries"), (row) => <Num value={row.retryMaxTimes} />),
    { key: "model", title: t("model"), hideable: t("model"), render: (row) => model(row.messageModel) },
    {
      key: "remark",
      title: <span title={t("remarkText")}>{t("remark")}</span>,
      hideable: t("remark"),
      render: (row) => (
        <span className="rd-group-remark rd-ellipsis" title={row.remark}>
          {row.remark}
        </span>
      ),
    },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: (row) => <GroupActions group={row} patch={patch} />,
    },
  ];
}

const figure = (key: string, title: string, render: Column<GroupItem>["render"]): Column<GroupItem> => ({
  key,
  title,
  hideable: title,
  align: "right",
  sortable: true,
  render,
});

function GroupActions({ group: { group, kind }, patch }: { group: GroupItem; patch: Patch<GroupListSearch> }) {
  const t = useT("group");
  const mayUpdate = useCan("group:update");
  const mayDelete = useCan("group:delete");
  if (kind === "system") return null;
  return (
    <RowActions
      edit={mayUpdate && { label: t("editTitle", { group }), onClick: () => patch({ open: "edit", of: group }) }}
      remove={mayDelete && { label: t("deleteTitle", { group }), onClick: () => patch({ open: "delete", of: group }) }}
    />
  );
}

/** Shows what is; switching opens the plan of the change first. */
function ConsumeSwitch({ group, patch }: { group: GroupItem; patch: Patch<GroupListSearch> }) {
  const t = useT("group");
  const mayUpdate = useCan("group:update");
  const alike = group.brokers.every(({ consumeEnable }) => consumeEnable === group.consumeEnable);
  if (!mayUpdate || !alike || group.kind === "system") return <ConsumeState group={group} />;
  return (
    <Switch
      size="small"
      checked={group.consumeEnable}
      aria-label={t("consumeSwitch", { group: group.group })}
      onChange={(on) => patch({ open: "edit", of: group.group, consume: on ? "on" : "off" })}
    />
  );
}

function Brokers({ group }: { group: GroupItem }) {
  const t = useT("group");
  const names = group.brokers.map(({ brokerName }) => brokerName);
  return (
    <span className="rd-mono" title={names.join("\n")}>
      {names.length > 3
        ? t("manyBrokers", { first: names.slice(0, 2).join(", "), count: names.length - 2 })
        : names.join(", ")}
    </span>
  );
}

interface DrawersProps {
  instanceId: string;
  search: GroupListSearch;
  patch: Patch<GroupListSearch>;
}

function Drawers({ instanceId, search, patch }: DrawersProps) {
  const close = () => patch({ open: undefined, of: undefined, consume: undefined });
  const { open, of, consume } = search;
  return (
    <Suspense fallback={null}>
      {open === "create" ? <CreateDrawer instanceId={instanceId} onClose={close} /> : null}
      {open === "edit" && of !== undefined ? (
        <EditDrawer instanceId={instanceId} group={of} consume={consume} onClose={close} />
      ) : null}
      {open === "delete" && of !== undefined ? (
        <DeleteDrawer instanceId={instanceId} group={of} onClose={close} />
      ) : null}
    </Suspense>
  );
}
