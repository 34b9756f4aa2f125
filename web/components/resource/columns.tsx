import type { ReactNode } from "react";
import { useT } from "../../lib/i18n.ts";
import type { Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import type { Column } from "../grid-table.tsx";
import { Num } from "../num.tsx";
import { RowActions } from "../row-actions.tsx";
import type { Resource, ResourceSearch } from "../../lib/resource-search.ts";
import "./resource.css";

type Render<T> = (item: T) => ReactNode;

/** A column that the reader may hide. */
export const hideable = <T,>(key: string, title: string, render: Render<T>): Column<T> => ({
  key,
  title,
  hideable: title,
  render,
});

/** A figure, by which the server sorts: the largest come first. */
export const figure = <T,>(key: string, title: string, render: Render<T>): Column<T> => ({
  ...hideable(key, title, render),
  align: "right",
  sortable: "desc",
});

type Item<R extends Resource> = Record<R, string> & { kind: string; remark: string; brokers: { brokerName: string }[] };

interface CommonColumns<T> {
  name: (render: Render<T>) => Column<T>;
  brokers: (hint: (item: T) => string[]) => Column<T>;
  remark: Column<T>;
  actions: Column<T>;
}

/** The columns that lists of topics and of groups have in common. */
export function useCommonColumns<R extends Resource, T extends Item<R>>(
  resource: R,
  patch: Patch<Pick<ResourceSearch, "open" | "of">>,
  isEditable: (item: T) => boolean = () => true,
): CommonColumns<T> {
  const t = useT(resource);
  const mayUpdate = useCan(`${resource}:update`);
  const mayDelete = useCan(`${resource}:delete`);
  return {
    name: (render) => ({
      key: resource,
      title: t(resource),
      sortable: true,
      render: (item) => <span className="rd-named">{render(item)}</span>,
    }),
    brokers: (hint) =>
      hideable("brokers", t("brokers"), (item) => (
        <span title={hint(item).join("\n")}>
          <Num value={item.brokers.length === 0 ? null : item.brokers.length} />
        </span>
      )),
    remark: {
      key: "remark",
      title: <span title={t("remarkText")}>{t("remark")}</span>,
      hideable: t("remark"),
      render: ({ remark }) => (
        <span className="rd-remark rd-ellipsis" title={remark}>
          {remark}
        </span>
      ),
    },
    actions: {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      fixed: "right",
      render: (item) => {
        if (item.kind === "system") return null;
        const of: string = item[resource];
        const action = (open: "edit" | "delete") => ({
          label: t(`${open}Title`, { [resource]: of }),
          onClick: () => patch({ open, of }),
        });
        return (
          <RowActions edit={mayUpdate && isEditable(item) && action("edit")} remove={mayDelete && action("delete")} />
        );
      },
    },
  };
}
