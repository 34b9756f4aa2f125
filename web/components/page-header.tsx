import { useEffect, type ReactNode } from "react";
import { visible } from "../lib/visible.ts";
import "./page-header.css";

interface PageHeaderProps {
  title: string;
  /** Beside the title: a state, a count. */
  aside?: ReactNode;
  /** One line under the title. */
  text?: ReactNode;
  /** On the right; the primary action last. */
  actions?: ReactNode;
  /** Key facts under the title of a detail page. */
  children?: ReactNode;
}

/** The head of a page, and its title in the tab. */
export function PageHeader({ title, aside, text, actions, children }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${visible(title)} · RocketDeck`;
  }, [title]);
  return (
    <header className="rd-page-header">
      <div className="rd-page-header-line">
        <h1>{visible(title)}</h1>
        {aside ? <span className="rd-page-header-aside">{aside}</span> : null}
        {actions ? <div className="rd-page-header-actions">{actions}</div> : null}
      </div>
      {text ? <p className="rd-page-header-text">{text}</p> : null}
      {children}
    </header>
  );
}
