import PlusOutlined from "@ant-design/icons/es/icons/PlusOutlined";
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { Suspense, lazy, type ReactNode } from "react";
import type { InstanceItem } from "#contract/instance.ts";
import { Copyable } from "../../components/copyable.tsx";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { InstanceStateTag } from "../../components/instance-state.tsx";
import { InstanceLink } from "../../components/links.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { InstanceCard } from "./instance-card.tsx";
import { InstanceFindings } from "./instance-findings.tsx";
import { instanceListSearch, instanceStates, tagFilter } from "./instance-search.ts";
import { TagList } from "./instance-tags.tsx";
import { RemoveInstance } from "./remove-instance.tsx";
import "./instance.css";

const RegisterDrawer = lazy(() => import("./register-drawer.tsx").then((m) => ({ default: m.RegisterDrawer })));

const defaultSort = { sort: "name", order: "asc" } as const;

const USUAL_SECONDS = 10;
/** As many as have room for a card each. */
const FEW = 6;

/** Whatever the list is narrowed to: how many instances there are, and the tags that any has, for the filter. */
function useAll() {
  const { data } = useQuery(api.instance.list.queryOptions({ input: { page: 1, pageSize: 200 }, staleTime: 30_000 }));
  const tags = new Set(
    data?.items.flatMap((item) => Object.entries(item.tags).map(([k, v]) => (v === "" ? k : `${k}=${v}`))),
  );
  return { total: data?.total, tagOptions: [...tags].sort().map((value) => ({ value, label: value })) };
}

function useColumns(remove: (item: InstanceItem) => ReactNode): Column<InstanceItem>[] {
  const t = useT(["instance", "finding", "overview", "problem"]);
  return [
    {
      key: "name",
      title: t("field.name"),
      sortable: true,
      render: (item) => <InstanceLink instance={item} />,
    },
    {
      key: "state",
      title: t("field.state"),
      sortable: true,
      render: (item) => <InstanceStateTag state={item.state} />,
    },
    {
      key: "findings",
      title: t("finding:title"),
      hideable: t("finding:title"),
      render: (item) => <InstanceFindings instance={item} />,
    },
    { key: "id", title: t("field.id"), hideable: t("field.id"), render: (item) => <Copyable value={item.id} /> },
    {
      key: "version",
      title: t("field.version"),
      hideable: t("field.version"),
      render: (item) => item.version ?? <span className="rd-quiet">–</span>,
    },
    {
      key: "type",
      title: t("field.type"),
      hideable: t("field.type"),
      render: (item) => (item.type === null ? <span className="rd-quiet">–</span> : t(`type.${item.type}`)),
    },
    {
      key: "brokers",
      title: t("field.brokers"),
      hideable: t("field.brokers"),
      render: (item) =>
        item.masters === null || item.slaves === null ? (
          <span className="rd-quiet">–</span>
        ) : (
          t("brokersOf", { masters: item.masters, slaves: item.slaves })
        ),
    },
    {
      key: "namesrv",
      title: t("field.namesrv"),
      hideable: t("field.namesrv"),
      render: (item) => <Copyable value={item.namesrvAddrs.join(";")} />,
    },
    { key: "tags", title: t("field.tags"), hideable: t("field.tags"), render: (item) => <TagList tags={item.tags} /> },
    {
      key: "createdAt",
      title: t("field.createdAt"),
      sortable: true,
      hideable: t("field.createdAt"),
      render: (item) => <Time at={item.createdAt} relative />,
    },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: remove,
    },
  ];
}

export function InstanceListPage() {
  const t = useT("instance");
  const [search, patch] = useUrlState(instanceListSearch);
  const mayRegister = useCan("instance:create");
  const mayRemove = useCan("instance:delete");
  const all = useAll();
  const list = useListQuery(
    api.instance.list,
    { ...listInput(search, defaultSort), state: search.state, ...tagFilter(search.tag) },
    search.refresh ?? USUAL_SECONDS,
  );
  const remove = ({ id, name }: InstanceItem) =>
    mayRemove ? (
      <Button size="small" type="text" onClick={() => patch({ remove: id })} aria-label={t("remove.of", { name })}>
        {t("remove.action")}
      </Button>
    ) : null;
  const columns = useColumns(remove);
  const total = all.total ?? list.query.data?.total;
  const isFew = total === undefined || total <= FEW;
  const register = mayRegister ? (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => patch({ open: "register" })}>
      {t("register.action")}
    </Button>
  ) : undefined;
  const removed = list.query.data?.items.find((item) => item.id === search.remove);
  return (
    <>
      <PageHeader title={t("title")} text={t("text")} actions={register} />
      <DataTable
        id="instances"
        label={t("title")}
        list={list}
        rowKey={(item) => item.id}
        columns={columns}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        defaultSort={defaultSort}
        usualSeconds={USUAL_SECONDS}
        filters={[
          {
            key: "state",
            label: t("field.state"),
            options: instanceStates.map((value) => ({ value, label: t(`common:instanceState.${value}`) })),
          },
          ...(all.tagOptions.length > 0 ? [{ key: "tag", label: t("field.tag"), options: all.tagOptions }] : []),
        ]}
        card={
          isFew && search.view !== "table"
            ? (item) => <InstanceCard instance={item} actions={remove(item)} />
            : undefined
        }
        extra={
          isFew ? (
            <Segmented<"cards" | "table">
              size="small"
              aria-label={t("view.label")}
              value={search.view ?? "cards"}
              options={(["cards", "table"] as const).map((value) => ({ value, label: t(`view.${value}`) }))}
              onChange={(view) => patch({ view: view === "cards" ? undefined : view })}
            />
          ) : null
        }
        empty={{ title: t("empty.title"), text: t("empty.text"), action: register }}
      />
      {search.open === "register" && mayRegister ? (
        <Suspense fallback={null}>
          <RegisterDrawer onClose={() => patch({ open: undefined })} />
        </Suspense>
      ) : null}
      {removed ? <RemoveInstance instance={removed} onClose={() => patch({ remove: undefined })} /> : null}
    </>
  );
}
