import CaretDownFilled from "@ant-design/icons/es/icons/CaretDownFilled";
import CaretUpFilled from "@ant-design/icons/es/icons/CaretUpFilled";
import RightOutlined from "@ant-design/icons/es/icons/RightOutlined";
import Table, { type TableProps } from "@rc-component/table";
import { useRef, useState, type MouseEvent, type ReactNode } from "react";
import { none } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { useScrollRegion } from "./scroll-region.ts";
import { visible } from "../lib/visible.ts";
import "./grid-table.css";

export interface Column<T> {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  /** The server sorts by `key`; `desc`: the first click puts the largest first. */
  sortable?: boolean | "desc";
  /** Figures go right. */
  align?: "left" | "right" | "center";
  width?: number | string;
  fixed?: "left" | "right";
  /** May be hidden by the reader; given so that the choice has a name. */
  hideable?: string;
}

export interface Sort {
  sort: string;
  order: "asc" | "desc";
}

export interface Selection<T> {
  keys: string[];
  onChange: (keys: string[]) => void;
  /** Which rows may be selected; all when left out. */
  allowed?: (row: T) => boolean;
}

export interface GridTableProps<T> {
  /** Accessible name, where what is around the table does not tell. */
  label?: string;
  rows: T[];
  rowKey: (row: T) => string;
  columns: Column<T>[];
  sort?: Sort;
  onSort?: (sort: Sort | undefined) => void;
  selection?: Selection<T>;
  /** What a click on a row does that is on nothing else; by keyboard a link of the row does the same. */
  onOpen?: (row: T) => void;
  expand?: (row: T) => ReactNode;
  /** The rows that are there first begin unfolded. */
  expanded?: (row: T) => boolean;
  empty: ReactNode;
}

type RcColumn<T> = NonNullable<TableProps<T>["columns"]>[number];

/** The rows themselves: sticky head, fixed columns, sorting by the head, selection, rows that unfold. antd's own table would cost the first page twice as much. */
export function GridTable<T extends object>(props: GridTableProps<T>) {
  const {
    label,
    rows,
    rowKey,
    columns,
    sort,
    onSort,
    selection,
    onOpen,
    expand,
    expanded = () => false,
    empty,
  } = props;
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  useScrollRegion(box, t("list.sideways"), ".rd-grid-body");
  const [open, setOpen] = useState<readonly string[]>(() => rows.filter(expanded).map(rowKey));
  const all: RcColumn<T>[] = [
    ...(selection
      ? [selectColumn(rows, rowKey, selection, t("list.selectAll"), (name) => t("list.select", { name }))]
      : []),
    ...columns.map((column) => rcColumn(column, sort, onSort)),
  ];
  return (
    <div ref={box} className="rd-table">
      <Table<T>
        prefixCls="rd-grid"
        aria-label={label}
        data={rows}
        rowKey={rowKey}
        columns={all}
        sticky={{ offsetHeader: 48 }}
        scroll={{ x: "max-content" }}
        emptyText={empty}
        rowClassName={onOpen ? "rd-grid-opens" : undefined}
        onRow={onOpen ? (row) => ({ onClick: (event) => isOnRow(event) && onOpen(row) }) : undefined}
        expandable={
          expand
            ? {
                expandedRowKeys: open,
                expandedRowRender: expand,
                onExpandedRowsChange: (keys) => setOpen(keys.map(String)),
                expandIcon: ({ expanded, record, onExpand }) => (
                  <button
                    type="button"
                    className="rd-unfold"
                    aria-expanded={expanded}
                    aria-label={t("details")}
                    onClick={(event) => onExpand(record, event)}
                  >
                    <RightOutlined />
                  </button>
                ),
              }
            : undefined
        }
      />
    </div>
  );
}

/** Not on a link or control of it, and no text was marked; its link gets the focus, to which it returns. */
function isOnRow({ target, currentTarget }: MouseEvent<HTMLElement>): boolean {
  const isElse = target instanceof Element && target.closest("a, button, input, label") !== null;
  if (isElse || document.getSelection()?.isCollapsed === false) return false;
  currentTarget.querySelector("a")?.focus({ preventScroll: true });
  return true;
}

const sides = { left: "start", right: "end" } as const;

function rcColumn<T>(column: Column<T>, sort: Sort | undefined, onSort: GridTableProps<T>["onSort"]): RcColumn<T> {
  const order = sort?.sort === column.key ? sort.order : undefined;
  const sorted = order === undefined ? undefined : order === "asc" ? ("ascending" as const) : ("descending" as const);
  return {
    key: column.key,
    title:
      column.sortable && onSort ? (
        <SortHead
          title={column.title}
          order={order}
          onSort={() => onSort(nextSort(column.key, order, column.sortable === "desc"))}
        />
      ) : (
        column.title
      ),
    align: column.align,
    width: column.width,
    fixed: column.fixed ? sides[column.fixed] : undefined,
    onHeaderCell: () => ({ "aria-sort": sorted }),
    render: (_value: unknown, row: T) => {
      const cell = column.render(row);
      if (cell === none) return <span className="rd-quiet">{none}</span>;
      return typeof cell === "string" ? visible(cell) : cell;
    },
  };
}

/** Ascending, descending, or the other way round, then the list's own order again. */
function nextSort(key: string, order: Sort["order"] | undefined, largestFirst: boolean): Sort | undefined {
  const [first, second] = largestFirst ? (["desc", "asc"] as const) : (["asc", "desc"] as const);
  if (order === undefined) return { sort: key, order: first };
  return order === first ? { sort: key, order: second } : undefined;
}

function SortHead({
  title,
  order,
  onSort,
}: {
  title: ReactNode;
  order: Sort["order"] | undefined;
  onSort: () => void;
}) {
  return (
    <button type="button" className="rd-sort" data-order={order} onClick={onSort}>
      {title}
      <span aria-hidden="true">
        <CaretUpFilled />
        <CaretDownFilled />
      </span>
    </button>
  );
}

function selectColumn<T>(
  rows: T[],
  rowKey: (row: T) => string,
  selection: Selection<T>,
  allLabel: string,
  rowLabel: (name: string) => string,
): RcColumn<T> {
  const { keys, onChange, allowed = () => true } = selection;
  const chosen = new Set(keys);
  const here = rows.filter(allowed).map(rowKey);
  const count = here.filter((key) => chosen.has(key)).length;
  const toggle = (some: string[], on: boolean): void => {
    const touched = new Set(some);
    const rest = keys.filter((key) => !touched.has(key));
    onChange(on ? [...rest, ...some] : rest);
  };
  return {
    key: "rd-select",
    width: 40,
    fixed: "start",
    title: (
      <input
        type="checkbox"
        className="rd-check"
        aria-label={allLabel}
        disabled={here.length === 0}
        checked={here.length > 0 && count === here.length}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && count < here.length;
        }}
        onChange={(event) => toggle(here, event.target.checked)}
      />
    ),
    render: (_value: unknown, row: T) => {
      const key = rowKey(row);
      return (
        <input
          type="checkbox"
          className="rd-check"
          aria-label={rowLabel(key)}
          disabled={!allowed(row)}
          checked={chosen.has(key)}
          onChange={(event) => toggle([key], event.target.checked)}
        />
      );
    },
  };
}
