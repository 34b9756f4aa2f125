import InboxOutlined from "@ant-design/icons/es/icons/InboxOutlined";
import type { ReactNode } from "react";
import "./empty-state.css";

interface EmptyStateProps {
  title: string;
  /** What this place is for. */
  text?: ReactNode;
  /** The first thing to do here. */
  action?: ReactNode;
  icon?: ReactNode;
}

export const EmptyState = ({ title, text, action, icon = <InboxOutlined /> }: EmptyStateProps) => (
  <div className="rd-empty">
    <span className="rd-empty-icon" aria-hidden="true">
      {icon}
    </span>
    <p className="rd-empty-title">{title}</p>
    {text ? <p className="rd-empty-text">{text}</p> : null}
    {action ? <div className="rd-empty-action">{action}</div> : null}
  </div>
);
