import type { ReactNode } from "react";
import "./toolbar.css";

/** One line over a table: search and what was found on the left, freshness and choices on the right. */
export const Toolbar = ({ children, right }: { children?: ReactNode; right: ReactNode }) => (
  <div className="rd-toolbar">
    {children}
    <div className="rd-toolbar-right">{right}</div>
  </div>
);
