import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { Instance } from "#contract/instance.ts";
import { ConfirmByName } from "../../components/confirm-by-name.tsx";
import { Copyable } from "../../components/copyable.tsx";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Time } from "../../components/time.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { recycleBinSearch } from "./instance-search.ts";
import { TagList } from "./instance-tags.tsx";
import "./instance.css";

const defaultSort = { sort: "recycledAt", order: "desc" } as const;

export function RecycleBinPage() {
  const t = useT("instance");
  const queryClient = useQueryClient();
  const [search, patch] = useUrlState(recycleBinSearch);
  const mayRestore = useCan("instance:update");
  const mayDestroy = useCan("instance:delete");
  const list = useListQuery(api.instance.list, { ...listInput(search, defaultSort), recycled: true }, search.refresh);
  const refreshed = () => queryClient.invalidateQueries({ queryKey: api.instance.key() });
  const restore = useMutation(api.instance.restore.mutationOptions({ onSuccess: refreshed }));
  const columns: Column<Instance>[] = [
    { key: "name", title: t("field.name"), sortable: true, render: (item) => item.name },
    { key: "id", title: t("field.id"), render: (item) => <Copyable value={item.id} /> },
    { key: "tags", title: t("field.tags"), hideable: t("field.tags"), render: (item) => <TagList tags={item.tags} /> },
    {
      key: "recycledAt",
      title: t("field.recycledAt"),
      sortable: true,
      render: (item) => <Time at={item.recycledAt} relative />,
    },
    { key: "destroyAt", title: t("field.destroyAt"), render: (item) => <Time at={item.destroyAt} /> },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      render: (item) => (
        <span className="rd-row-actions">
          {mayRestore ? (
            <Button
              size="small"
              loading={restore.isPending && restore.variables.instanceId === item.id}
              onClick={() => restore.mutate({ instanceId: item.id })}
              aria-label={t("restore.of", { name: item.name })}
            >
              {t("restore.action")}
            </Button>
          ) : null}
          {mayDestroy ? (
            <Button
              size="small"
              danger
              onClick={() => patch({ destroy: item.id })}
              aria-label={t("destroy.of", { name: item.name })}
            >
              {t("destroy.action")}
            </Button>
          ) : null}
        </span>
      ),
    },
  ];
  const doomed = list.query.data?.items.find((item) => item.id === search.destroy);
  return (
    <>
      <PageHeader title={t("recycleBin.title")} text={t("recycleBin.text")} />
      {restore.isSuccess ? (
        <p className="rd-note" role="status">
          {t("restore.done", { name: restore.data.name })}{" "}
          <Link to="/instances/$instanceId/overview" params={{ instanceId: restore.data.id }}>
            {t("restore.open")}
          </Link>
        </p>
      ) : null}
      {restore.error ? <ErrorState error={restore.error} inline /> : null}
      <DataTable
        id="recycle-bin"
        label={t("recycleBin.title")}
        list={list}
        rowKey={(item) => item.id}
        columns={columns}
        search={search}
        onSearch={patch}
        searchFor={t("searchFor")}
        defaultSort={defaultSort}
        empty={{ title: t("recycleBin.empty"), text: t("recycleBin.emptyText") }}
      />
      {doomed ? (
        <ConfirmByName
          open
          title={t("destroy.title", { name: doomed.name })}
          name={doomed.name}
          confirmText={t("destroy.confirm")}
          onConfirm={async () => {
            await client.instance.destroy({ instanceId: doomed.id, name: doomed.name });
            await refreshed();
          }}
          onClose={() => patch({ destroy: undefined })}
        >
          <p>{t("destroy.text")}</p>
        </ConfirmByName>
      ) : null}
    </>
  );
}
