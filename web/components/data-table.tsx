import { Pagination } from "antd";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import type { ListSearch } from "../lib/search.ts";
import type { ListQuery, Page } from "../lib/list-query.ts";
import { useT } from "../lib/i18n.ts";
import { useFormat } from "../lib/format.ts";
import { EmptyState } from "./empty-state.tsx";
import { GridTable, type Column } from "./grid-table.tsx";
import { ErrorState } from "./error-state.tsx";
import { PartialStrip } from "./partial-strip.tsx";
import { TableSkeleton } from "./table-skeleton.tsx";
import { ListToolbar, type ListFilter } from "./list-toolbar.tsx";
import { NOTHING, SelectionBar, type Selection } from "./selection-bar.tsx";
import { useHiddenColumns } from "./column-choice.tsx";
import "./data-table.css";

export interface DataTableProps<T extends object, S extends ListSearch> {
  /** Stable name of the list: its column choice is kept under it. */
  id: string;
  /** Accessible name of the table. */
  label: string;
  list: ListQuery<Page<T>>;
  rowKey: (row: T) => string;
  columns: Column<T>[];
  search: S;
  onSearch: (patch: Partial<S>, options?: { replace?: boolean }) => void;
  /** Placeholder of the search box; without it there is none. */
  searchFor?: string;
  filters?: ListFilter[];
  /** Which order the server uses where the URL names none. */
  defaultSort?: { sort: string; order: "asc" | "desc" };
  defaultPageSize?: number;
  /** Nothing here at all: what this is for, and the first action. */
  empty: { title: string; text?: ReactNode; action?: ReactNode };
  /** Rows may be selected; what can be done with them, and with all that the list is narrowed to. */
  selection?: (chosen: Selection, clear: () => void) => ReactNode;
  selectable?: (row: T) => boolean;
  /** False where what is shown never changes: no refresh button, no age. */
  refreshable?: boolean;
  /** How often the list is asked again where nothing was chosen. */
  usualSeconds?: number;
  /** More on the right of the toolbar: export, import. */
  extra?: ReactNode;
  expand?: (row: T) => ReactNode;
  /** A card for each in place of the table. */
  card?: (row: T) => ReactNode;
}

/** A list of the contract: searched, filtered, sorted and paged by the server, its view kept in the URL, every state drawn. */
export function DataTable<T extends object, S extends ListSearch>(props: DataTableProps<T, S>) {
  const { list, search, filters = [], selection, columns } = props;
  const { query } = list;
  const hidden = useHiddenColumns(props.id);
  const shown = useMemo(() => columns.filter((column) => !hidden.keys.has(column.key)), [columns, hidden.keys]);
  const patch = (changes: Partial<ListSearch> & Record<string, unknown>): void =>
    props.onSearch({ page: undefined, ...changes } as Partial<S>);
  const values = search as Record<string, unknown>;
  const narrowed = Boolean(search.search) || filters.some((filter) => values[filter.key] !== undefined);
  const clear = (): void =>
    patch({ search: undefined, ...Object.fromEntries(filters.map((filter) => [filter.key, undefined])) });
  useLastPage(props);
  // What was chosen ends with the filter it was chosen under: nobody acts on what is out of sight.
  const under = JSON.stringify([search.search, ...filters.map(({ key }) => values[key])]);
  const [chosen, setChosen] = useState({ under, selection: NOTHING });
  if (chosen.under !== under) setChosen({ under, selection: NOTHING });
  const selected = chosen.under === under ? chosen.selection : NOTHING;
  const setSelected = (next: Selection): void => setChosen({ under, selection: next });

  return (
    <section className="rd-list" aria-label={props.label}>
      <ListToolbar
        search={search.search}
        searchFor={props.searchFor}
        filters={filters}
        values={values}
        patch={patch}
        at={query.data?.at}
        total={query.data?.total}
        everySeconds={search.refresh}
        usualSeconds={props.usualSeconds}
        onEvery={(refresh, options) => props.onSearch({ refresh } as Partial<S>, options)}
        refreshing={list.refreshing}
        onRefresh={props.refreshable === false ? undefined : list.refresh}
        columns={props.card ? [] : columns}
        hidden={hidden}
        extra={props.extra}
      />
      {selection ? (
        <SelectionBar selected={selected} setSelected={setSelected} total={query.data?.total ?? 0}>
          {selection(selected, () => setSelected(NOTHING))}
        </SelectionBar>
      ) : null}
      {query.data && query.error ? <ErrorState error={query.error} onRetry={list.refresh} inline /> : null}
      <PartialStrip failures={query.data?.failures ?? []} onRetry={list.refresh} />
      <div className="rd-list-rows" aria-busy={list.refreshing}>
        <div className="rd-thin-bar" data-on={list.refreshing && !query.isPending} />
        <TableBody
          {...props}
          columns={shown}
          narrowed={narrowed}
          clear={clear}
          selected={selected}
          setSelected={setSelected}
          patch={patch}
        />
      </div>
    </section>
  );
}

/** A link to a page that no longer exists leads to the last one. */
function useLastPage<T extends object, S extends ListSearch>({
  list,
  search,
  onSearch,
  defaultPageSize,
}: DataTableProps<T, S>): void {
  const data = list.query.data;
  const last = data ? Math.max(1, Math.ceil(data.total / (search.pageSize ?? defaultPageSize ?? 20))) : undefined;
  const beyond = last !== undefined && !list.query.isPlaceholderData && (search.page ?? 1) > last;
  useEffect(() => {
    if (beyond) onSearch({ page: last === 1 ? undefined : last } as Partial<S>, { replace: true });
  }, [beyond, last, onSearch]);
}

interface BodyProps<T extends object, S extends ListSearch> extends DataTableProps<T, S> {
  narrowed: boolean;
  clear: () => void;
  selected: Selection;
  setSelected: (selected: Selection) => void;
  patch: (changes: Partial<ListSearch>) => void;
}

function TableBody<T extends object, S extends ListSearch>(props: BodyProps<T, S>) {
  const { list, search, columns, rowKey, defaultSort, patch, selected, setSelected } = props;
  const t = useT();
  const { query } = list;
  if (query.isPending) return <TableSkeleton columns={columns} label={t("loading")} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={list.refresh} />;
  const { selectable = () => true } = props;
  const keys = selected.all === undefined ? selected.keys : query.data.items.filter(selectable).map(rowKey);
  return (
    <>
      {props.card && query.data.items.length > 0 ? (
        <ul className="rd-cards" aria-label={props.label}>
          {query.data.items.map((row) => (
            <li key={rowKey(row)} className="rd-card">
              {props.card?.(row)}
            </li>
          ))}
        </ul>
      ) : (
        <GridTable
          rows={query.data.items}
          rowKey={rowKey}
          columns={columns}
          sort={search.sort ? { sort: search.sort, order: search.order ?? "asc" } : defaultSort}
          onSort={(sort) => patch({ sort: sort?.sort, order: sort?.order })}
          selection={props.selection && { keys, onChange: (keys) => setSelected({ keys }), allowed: props.selectable }}
          expand={props.expand}
          empty={<Nothing {...props} />}
        />
      )}
      <Pages {...props} total={query.data.total} />
    </>
  );
}

const pageSizes = [10, 20, 50, 100, 200];

function Pages<T extends object, S extends ListSearch>({
  search,
  defaultPageSize = 20,
  patch,
  total,
}: BodyProps<T, S> & { total: number }) {
  const t = useT();
  const format = useFormat();
  if (total <= (pageSizes[0] ?? 0)) return null;
  return (
    <Pagination
      size="small"
      className="rd-pages"
      current={search.page ?? 1}
      pageSize={search.pageSize ?? defaultPageSize}
      total={total}
      showSizeChanger
      pageSizeOptions={pageSizes}
      showTotal={(_all, [from, to]) =>
        t("list.range", { from: format.number(from), to: format.number(to), total: format.number(total) })
      }
      onChange={(page, size) =>
        patch({ page: page === 1 ? undefined : page, pageSize: size === defaultPageSize ? undefined : size })
      }
    />
  );
}

function Nothing<T extends object, S extends ListSearch>({ narrowed, clear, empty, list }: BodyProps<T, S>) {
  const t = useT();
  const isPart = list.query.data?.failures.length !== 0;
  if (!narrowed) return isPart ? <EmptyState title={t("emptyPart")} /> : <EmptyState {...empty} />;
  return (
    <EmptyState
      title={t(isPart ? "emptyPart" : "list.nothing")}
      action={
        <button type="button" className="rd-link" onClick={clear}>
          {t("list.clear")}
        </button>
      }
    />
  );
}
