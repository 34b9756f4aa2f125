import { Segmented } from "antd";
import { useState } from "react";
import { useT } from "../lib/i18n.ts";
import { CopyButton } from "./copyable.tsx";

interface BodyViewProps {
  /** The body as text. */
  text: string;
  /** The same bytes as a hex dump, where the server gives one. */
  hex?: string;
  label: string;
}

type Mode = "json" | "text" | "hex";

/** A message body: JSON indented without touching its figures, plain text, or hex. */
export function BodyView({ text, hex, label }: BodyViewProps) {
  const t = useT();
  const pretty = indentJson(text);
  const modes: Mode[] = [
    ...(pretty === undefined ? [] : ["json" as const]),
    "text",
    ...(hex === undefined ? [] : ["hex" as const]),
  ];
  const [choice, setChoice] = useState<Mode>();
  const mode = choice && modes.includes(choice) ? choice : (modes[0] ?? "text");
  const shown = { json: pretty ?? text, text, hex: hex ?? "" }[mode];
  return (
    <section className="rd-body" aria-label={label}>
      <div className="rd-body-head">
        {modes.length > 1 ? (
          <Segmented
            size="small"
            value={mode}
            onChange={setChoice}
            options={modes.map((value) => ({ value, label: t(`body.${value}`) }))}
          />
        ) : (
          <span />
        )}
        <CopyButton value={shown} />
      </div>
      {/* Scrolls, so it must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="rd-mono" tabIndex={0}>
        {shown === "" ? <span className="rd-quiet">{t("body.empty")}</span> : shown}
      </pre>
    </section>
  );
}

/** Indents JSON by its tokens, so that longs beyond 2^53 stay as they are; undefined when it is none. */
export function indentJson(source: string): string | undefined {
  const trimmed = source.trim();
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    JSON.parse(trimmed);
  } catch {
    return undefined;
  }
  const tokens = trimmed.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  let depth = 0;
  let out = "";
  const line = (): string => `\n${"  ".repeat(depth)}`;
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token === "{" || token === "[") {
      depth += 1;
      out += next === "}" || next === "]" ? token : token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const before = tokens[i - 1];
      out += before === "{" || before === "[" ? token : line() + token;
    } else if (token === ",") out += token + line();
    else if (token === ":") out += ": ";
    else out += token;
  });
  return out;
}
