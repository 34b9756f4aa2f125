import "./bare-frame.css";
import { useEffect, type ReactNode } from "react";
import { Mark } from "./mark.tsx";
import BulbOutlined from "@ant-design/icons/es/icons/BulbOutlined";
import MoonOutlined from "@ant-design/icons/es/icons/MoonOutlined";
import { languageNames, languages, setLanguage, useLanguage, useT } from "../lib/i18n.ts";
import { useAppearance } from "./appearance.tsx";

/** The frame of pages outside the console proper: sign-in and the first change of a password. */
export function BareFrame({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · RocketDeck`;
  }, [title]);
  return (
    <div className="rd-bare">
      <div className="rd-bare-top">
        <LanguageSwitch />
        <ThemeSwitch />
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

/** Plain buttons: a menu for two choices is not worth its weight on the first page. */
function LanguageSwitch() {
  const language = useLanguage();
  const other = languages.find((one) => one !== language) ?? language;
  return (
    <button type="button" className="rd-plain-button" lang={other} onClick={() => void setLanguage(other)}>
      {languageNames[other]}
    </button>
  );
}

function ThemeSwitch() {
  const t = useT();
  const { mode, choose } = useAppearance();
  const other = mode === "dark" ? "light" : "dark";
  const label = t(`palette.${other}`);
  return (
    <button type="button" className="rd-icon-button" aria-label={label} title={label} onClick={() => choose(other)}>
      {mode === "dark" ? <MoonOutlined /> : <BulbOutlined />}
    </button>
  );
}
