import CheckOutlined from "@ant-design/icons/es/icons/CheckOutlined";
import CopyOutlined from "@ant-design/icons/es/icons/CopyOutlined";
import { useEffect, useState, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { visible } from "../lib/visible.ts";
import "./copyable.css";

interface CopyableProps {
  /** What goes to the clipboard. */
  value: string;
  /** What is shown; the value itself when left out. */
  children?: ReactNode;
  /** Set false for prose. */
  mono?: boolean;
}

/** Text with a copy button that shows on hover and on focus. */
export function Copyable({ value, children, mono = true }: CopyableProps) {
  return (
    <span className="rd-copyable">
      <span
        className={mono ? "rd-mono rd-ellipsis" : "rd-ellipsis"}
        title={typeof children === "undefined" ? visible(value) : undefined}
      >
        {children ?? visible(value)}
      </span>
      <CopyButton value={value} />
    </span>
  );
}

export function CopyButton({ value }: { value: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (): void => {
    copyText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button
      type="button"
      className="rd-copy"
      data-copied={copied}
      onClick={copy}
      aria-label={copied ? t("copied") : t("copyValue", { value })}
    >
      {copied ? <CheckOutlined /> : <CopyOutlined />}
    </button>
  );
}

/** Writes to the clipboard; over plain HTTP browsers offer no clipboard API, then the old way is used. */
async function copyText(value: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(value);
  const area = document.createElement("textarea");
  area.value = value;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
}
