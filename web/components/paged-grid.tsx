import { Pagination } from "antd";
import { useState } from "react";
import { GridTable, type GridTableProps } from "./grid-table.tsx";

const PAGE = 50;

/** Rows that are all there, a page of them at a time. */
export function PagedGrid<T extends object>({
  rows,
  pageSize = PAGE,
  ...table
}: GridTableProps<T> & { pageSize?: number }) {
  const [page, setPage] = useState(1);
  const shown = Math.min(page, Math.max(1, Math.ceil(rows.length / pageSize)));
  return (
    <>
      <GridTable {...table} rows={rows.slice((shown - 1) * pageSize, shown * pageSize)} />
      {rows.length > pageSize ? (
        <Pagination
          size="small"
          className="rd-pages"
          current={shown}
          pageSize={pageSize}
          total={rows.length}
          showSizeChanger={false}
          onChange={setPage}
        />
      ) : null}
    </>
  );
}
