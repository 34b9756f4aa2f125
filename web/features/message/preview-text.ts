import type { BodyHead, FoundMessage } from "#contract/message.ts";
import { readBody } from "./body-text.ts";

/** The beginning of a body in one line; `binary` is no text in any way that is known, `packed` was not unpacked for a list. */
export type Preview = { kind: "text"; text: string } | { kind: "binary" | "packed" | "empty" };

export function previewOf(head: BodyHead | null): Preview {
  if (head === null) return { kind: "packed" };
  if (head.base64 === "") return { kind: "empty" };
  const { best, textIn } = readBody(head.base64);
  if (best === "hex") return { kind: "binary" };
  const text = textIn(best === "gbk" ? "gbk" : "text") ?? "";
  return { kind: "text", text: text.replaceAll(/\s+/g, " ").trim() + (head.cut ? "…" : "") };
}

/** Whether what a list has of a message has in it what was typed, in whatever case. */
export function matches(message: FoundMessage, preview: Preview, typed: string): boolean {
  const { msgId, offsetMsgId, tags, keys, properties } = message;
  const body = preview.kind === "text" ? preview.text : "";
  const all = [msgId, offsetMsgId, tags ?? "", ...keys, properties, body];
  const wanted = typed.trim().toLowerCase();
  return all.some((text) => text.toLowerCase().includes(wanted));
}
