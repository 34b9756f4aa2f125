import { useEffect, type ReactNode } from "react";
import { Mark } from "./mark.tsx";
import { LanguageMenu, ThemeMenu } from "./top-menus.tsx";

/** The frame of pages outside the console proper: sign-in and the first change of a password. */
export function BareFrame({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · RocketDeck`;
  }, [title]);
  return (
    <div className="rd-bare">
      <div className="rd-bare-top">
        <LanguageMenu />
        <ThemeMenu />
      </div>
      <main className="rd-bare-card">
        <p className="rd-bare-mark">
          <Mark size={32} /> RocketDeck
        </p>
        <h1>{title}</h1>
        {text ? <p className="rd-quiet">{text}</p> : null}
        {children}
      </main>
    </div>
  );
}
