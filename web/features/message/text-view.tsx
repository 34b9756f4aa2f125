import { useMemo } from "react";
import { useT } from "../../lib/i18n.ts";
import { fitsField, textBlocks } from "./text-blocks.ts";

/** About what a line is high and how much of a long one fits in it, for blocks that were not in view yet. */
const LINE_PX = 22;
const CHARS_A_LINE = 90;

/** A text as it is; a long one in blocks, of which only those in view are laid out. */
export function TextView({ text }: { text: string }) {
  const t = useT("message");
  const blocks = useMemo(() => (fitsField(text) ? undefined : textBlocks(text)), [text]);
  if (!blocks) {
    return (
      <textarea className="rd-mono rd-message-text" readOnly spellCheck={false} aria-label={t("body")} value={text} />
    );
  }
  return (
    <div
      className="rd-mono rd-message-text"
      role="textbox"
      aria-readonly
      aria-multiline
      aria-label={t("body")}
      tabIndex={0}
    >
      {blocks.map((block, index) => {
        const lines = Math.max(block.lines, Math.ceil(block.text.length / CHARS_A_LINE));
        return (
          <div
            key={index}
            className="rd-message-block"
            data-goes-on={block.goesOn || undefined}
            style={{ containIntrinsicBlockSize: `auto ${lines * LINE_PX}px` }}
          >
            {block.text}
          </div>
        );
      })}
    </div>
  );
}
