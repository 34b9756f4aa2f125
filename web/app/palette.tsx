import { Modal } from "antd";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useT } from "../lib/i18n.ts";
import { usePaletteEntries, type PaletteEntry } from "./palette-entries.ts";

/** Goes anywhere by typing: pages, instances, topics, message ids, actions. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useT();
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { entries, searching, unread } = usePaletteEntries(text.trim());
  const active = entries[Math.min(at, entries.length - 1)];
  const run = (entry: PaletteEntry | undefined): void => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && entries.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, entries.length - 1) + step + entries.length) % entries.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(active);
    }
  };
  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={600}
      className="rd-palette"
      styles={{ body: { padding: 0 } }}
      title={<span className="rd-visually-hidden">{t("palette.label")}</span>}
    >
      <input
        // The palette is opened in order to type.
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
        aria-label={t("palette.label")}
        placeholder={t("palette.placeholder")}
        value={text}
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} role="listbox" aria-label={t("palette.label")} aria-busy={searching}>
        {entries.map((entry) => (
          <PaletteRow
            key={entry.id}
            id={`${listId}-${entry.id}`}
            entry={entry}
            active={entry === active}
            onRun={() => run(entry)}
          />
        ))}
      </ul>
      {unread ? <p className="rd-quiet rd-palette-none">{t("palette.unread")}</p> : null}
      {entries.length === 0 && !unread ? (
        <p className="rd-quiet rd-palette-none">{searching ? t("loading") : t("list.nothing")}</p>
      ) : null}
    </Modal>
  );
}

function PaletteRow({
  id,
  entry,
  active,
  onRun,
}: {
  id: string;
  entry: PaletteEntry;
  active: boolean;
  onRun: () => void;
}) {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <li
      ref={row}
      id={id}
      role="option"
      aria-selected={active}
      onMouseDown={(event) => {
        event.preventDefault();
        onRun();
      }}
    >
      <span className="rd-ellipsis">{entry.title}</span>
      <span className="rd-quiet">{entry.kind}</span>
    </li>
  );
}
