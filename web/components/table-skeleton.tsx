import type { ReactNode } from "react";
import "./table-skeleton.css";

interface SkeletonColumn {
  key: string;
  title: ReactNode;
  align?: "left" | "right" | "center";
  width?: number | string;
}

const widths = ["72%", "48%", "64%", "40%", "56%"];

const Bone = ({ step }: { step: number }) => (
  <span className="rd-bone" style={{ width: widths[step % widths.length] }} />
);

/** The first load of a table, in the shape of what comes. */
export function TableSkeleton({
  columns,
  rows = 8,
  label,
}: {
  columns: SkeletonColumn[];
  rows?: number;
  label: string;
}) {
  return (
    <div className="rd-skeleton-table" role="status" aria-label={label}>
      <table aria-hidden="true">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} style={{ textAlign: column.align ?? "left", width: column.width }}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: rows }, (_, row) => (
            <tr key={row}>
              {columns.map((column, i) => (
                <td key={column.key}>
                  <Bone step={row + i} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first load of a panel: some lines. */
export const PanelSkeleton = ({ lines = 4, label }: { lines?: number; label: string }) => (
  <div className="rd-skeleton-panel" role="status" aria-label={label}>
    {Array.from({ length: lines }, (_, line) => (
      <Bone key={line} step={line} />
    ))}
  </div>
);
