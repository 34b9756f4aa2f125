import type { ReactNode } from "react";
import { useT } from "../lib/i18n.ts";

export type SubColumn<T> = [head: string, cell: (row: T) => ReactNode];

interface SubTableProps<T> {
  caption: string;
  rows: T[];
  rowKey: (row: T) => string;
  columns: SubColumn<T>[];
  /** Where a row leads. */
  actions?: (row: T) => ReactNode;
}

/** The few rows that belong to something: under its own row, or in a drawer. */
export function SubTable<T>({ caption, rows, rowKey, columns, actions }: SubTableProps<T>) {
  const t = useT();
  return (
    <table className="rd-subtable">
      <caption className="rd-visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(([head]) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          {actions ? (
            <th scope="col">
              <span className="rd-visually-hidden">{t("actions")}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)}>
            {columns.map(([head, cell]) => (
              <td key={head}>{cell(row)}</td>
            ))}
            {actions ? <td>{actions(row)}</td> : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
