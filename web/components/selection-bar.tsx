import "./data-table.css";
import type { ReactNode } from "react";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";

/** What is chosen in a list. */
export interface Selection {
  /** Rows that were ticked, on whichever page. */
  keys: string[];
  /** How many there are, where everything that the list is narrowed to was chosen. */
  all?: number;
}

export const NOTHING: Selection = { keys: [] };

interface SelectionBarProps {
  selected: Selection;
  setSelected: (selected: Selection) => void;
  total: number;
  children: ReactNode;
}

/** How much is chosen, the way to all that match, and what can be done with it. */
export function SelectionBar({ selected: { keys, all }, setSelected, total, children }: SelectionBarProps) {
  const t = useT();
  const format = useFormat();
  const count = all ?? keys.length;
  if (count === 0) return null;
  const words = t("list.selected", { count, n: format.number(count) });
  return (
    <div className="rd-selection" role="toolbar" aria-label={words}>
      <span>{words}</span>
      {all === undefined && keys.length < total ? (
        <button type="button" className="rd-link" onClick={() => setSelected({ keys: [], all: total })}>
          {t("list.selectAll", { count: total, n: format.number(total) })}
        </button>
      ) : null}
      {children}
      <button type="button" className="rd-link" onClick={() => setSelected(NOTHING)}>
        {t("list.unselect")}
      </button>
    </div>
  );
}
