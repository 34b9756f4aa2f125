import { useMemo, useState } from "react";
import { useT } from "../../lib/i18n.ts";
import { jsonLines, shownLines } from "./json-folds.ts";
import { isEasyLine } from "./text-blocks.ts";
import { TextView } from "./text-view.tsx";

/** Beyond it the lines are one text: thousands of elements would make the page slow. */
const FOLDABLE_LINES = 1500;

/** Indented JSON whose objects and arrays fold. */
export function JsonView({ json }: { json: string }) {
  const t = useT("message");
  const lines = useMemo(() => jsonLines(json), [json]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  if (lines.length > FOLDABLE_LINES || !lines.every(({ text }) => isEasyLine(text))) return <TextView text={json} />;
  const toggle = (index: number) => {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  };
  return (
    <ol className="rd-mono rd-message-json">
      {shownLines(lines, folded).map((index) => {
        const { text = "", end } = lines[index] ?? {};
        const isFolded = folded.has(index);
        return (
          <li key={index}>
            {end === undefined ? null : (
              <button
                type="button"
                aria-expanded={!isFolded}
                aria-label={t("foldLine", { line: index + 1 })}
                onClick={() => toggle(index)}
              >
                {isFolded ? "▸" : "▾"}
              </button>
            )}
            <span>{isFolded ? `${text} … ${lines[end ?? index]?.text.trim() ?? ""}` : text}</span>
          </li>
        );
      })}
    </ol>
  );
}
