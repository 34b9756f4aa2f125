import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Suspense, type ReactNode } from "react";
import type { TableFormat } from "#contract/list.ts";
import type { ListQuery, Page } from "../../lib/list-query.ts";
import { useT } from "../../lib/i18n.ts";
import type { ListSearch, Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { DataTable, type DataTableProps } from "../data-table.tsx";
import { ExportButton } from "../export-button.tsx";
import { PageHeader } from "../page-header.tsx";
import type { Resource, ResourceSearch } from "../../lib/resource-search.ts";

type Filters = NonNullable<DataTableProps<object, ListSearch>["filters"]>;

/** The filters that every such list has: what people made or another kind, and a broker. */
export function useFilters(resource: Resource, kinds: readonly string[], brokers: { brokerName: string }[]): Filters {
  const t = useT(resource);
  return [
    {
      key: "kind",
      label: t("kindFilter"),
      options: [...kinds, "all"].map((value) => ({ value, label: t(`kind.${value}`) })),
    },
    {
      key: "broker",
      label: t("broker"),
      options: brokers.map(({ brokerName }) => ({ value: brokerName, label: brokerName })),
    },
  ];
}

interface ListFrameProps<R extends Resource, T extends Record<R, string>, S extends ResourceSearch> extends Pick<
  DataTableProps<T, S>,
  "columns" | "filters" | "search" | "selection" | "selectable" | "defaultSort"
> {
  resource: R;
  instanceId: string;
  list: ListQuery<Page<T>>;
  patch: Patch<S>;
  /** Of all that the list is narrowed to. */
  exported: (format: TableFormat) => Promise<File>;
  /** What is worth knowing before the list. */
  above?: ReactNode;
  /** The drawer that is open, about the thing of that name. */
  drawers: Record<"edit" | "delete", (of: string) => ReactNode> & { create: () => ReactNode };
}

/** All topics or groups of an instance: the list, the way to make and import more, and the drawer over it. */
export function ListFrame<R extends Resource, T extends Record<R, string>, S extends ResourceSearch>(
  props: ListFrameProps<R, T, S>,
) {
  const { resource, instanceId, list, search, patch, exported, above, drawers, ...table } = props;
  const t = useT(resource);
  const navigate = useNavigate();
  const mayCreate = useCan(`${resource}:create`);
  const toImport = () => void navigate({ to: `/instances/$instanceId/${resource}-import`, params: { instanceId } });
  const title = t(`${resource}s`);
  const { open, of } = search;
  const create = mayCreate ? (
    <Button type="primary" onClick={() => patch({ open: "create" } as Partial<S>)}>
      {t("create")}
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={title}
        actions={
          <>
            <ExportButton disabled={list.query.data?.total === 0} file={exported} />
            {mayCreate ? <Button onClick={toImport}>{t("import")}</Button> : null}
            {create}
          </>
        }
      />
      {above}
      <DataTable
        {...table}
        id={`${resource}s`}
        label={title}
        list={list}
        rowKey={(item) => item[resource]}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        empty={{ title: t("empty.title"), text: t("empty.text"), action: create }}
      />
      <Suspense fallback={null}>
        {open === "create" ? drawers.create() : open && of !== undefined ? drawers[open](of) : null}
      </Suspense>
    </>
  );
}
