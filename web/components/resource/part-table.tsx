import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import { EmptyState } from "../empty-state.tsx";
import { ErrorState } from "../error-state.tsx";
import type { Column } from "../grid-table.tsx";
import { PagedGrid } from "../paged-grid.tsx";
import { PartialStrip } from "../partial-strip.tsx";
import { PanelSkeleton } from "../table-skeleton.tsx";
import { useT } from "../../lib/i18n.ts";
import "./part-table.css";

interface Part<T> {
  items: T[];
  failures: Failure[];
}

export type PartColumn<T> = Pick<Column<T>, "key" | "title" | "render" | "align">;

interface PartTableProps<T extends object, P extends Part<T>> {
  label: string;
  query: UseQueryResult<P>;
  columns: PartColumn<T>[];
  rowKey: (row: T) => string;
  empty: { title: string; text?: ReactNode };
  /** Over the table, e.g. where the rows come from. */
  note?: ReactNode;
  expand?: (row: T) => ReactNode;
  /** Rows that begin expanded. */
  expanded?: (row: T) => boolean;
}

/** All rows of a part of a detail page, as a whole and with its states; it is as old as the page, and refreshed with it. */
export function PartTable<T extends object, P extends Part<T>>(props: PartTableProps<T, P>) {
  const { label, query, columns, rowKey, empty, note, expand, expanded } = props;
  const t = useT();
  if (query.isPending) return <PanelSkeleton label={t("loading")} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { items, failures } = query.data;
  return (
    <section className="rd-list" aria-label={label}>
      {note ? <p className="rd-quiet rd-part-note">{note}</p> : null}
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} inline /> : null}
      <PartialStrip failures={failures} onRetry={() => void query.refetch()} />
      <PagedGrid
        rowKey={rowKey}
        rows={items}
        columns={columns}
        expand={expand}
        expanded={expanded}
        empty={failures.length === 0 ? <EmptyState {...empty} /> : <EmptyState title={t("emptyPart")} />}
      />
    </section>
  );
}
