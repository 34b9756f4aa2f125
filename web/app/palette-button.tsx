import SearchOutlined from "@ant-design/icons/es/icons/SearchOutlined";
import { Suspense, lazy, useEffect, useState } from "react";
import { useT } from "../lib/i18n.ts";
import { useInstanceId } from "./nav.ts";

const Palette = lazy(() => import("./palette.tsx").then((m) => ({ default: m.Palette })));

/** Ctrl/⌘-K anywhere, or this button. */
export function PaletteButton() {
  const t = useT();
  const instanceId = useInstanceId();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        className="rd-palette-button"
        aria-label={t("palette.label")}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setOpen(true)}
      >
        <SearchOutlined aria-hidden="true" />
        <span>{t("palette.hint")}</span>
        <kbd>{/mac/i.test(navigator.userAgent) ? "⌘K" : "Ctrl K"}</kbd>
      </button>
      {open ? (
        <Suspense fallback={null}>
          <Palette key={instanceId} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
