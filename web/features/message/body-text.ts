import { indentJson } from "../../lib/indent-json.ts";

/** Ways to look at the bytes of a body. */
export const bodyModes = ["json", "text", "gbk", "hex", "base64"] as const;
export type BodyMode = (typeof bodyModes)[number];

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** Text of the bytes, or undefined when they are none; a character that a preview cut in two at the end is left out. */
function decode(bytes: Uint8Array<ArrayBuffer>, charset: "utf-8" | "gbk"): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

const CONTROLS_OF_TEXT = new Set(["\t", "\n", "\v", "\f", "\r", "\u001b"]);

/** Other control characters do not occur in text. */
function isPlain(text: string): boolean {
  for (const char of text) if (char < " " && !CONTROLS_OF_TEXT.has(char)) return false;
  return true;
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 128);

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ").padEnd(23);
    const right = hex.slice(8).join(" ").padEnd(23);
    const ascii = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${ascii}`);
  }
  return lines.join("\n");
}

export interface ReadBody {
  /** The mode in which somebody can read the bytes. */
  best: BodyMode;
  /** It is JSON that is left as it is: nested so deeply, or so long once indented, that nobody could read it. */
  isTooDeep: boolean;
  /** The text of any mode; a mode that does not fit the bytes has none. */
  textIn: (mode: BodyMode) => string | undefined;
}

/** What the bytes are as text, in every way to look at them. */
export function readBody(base64: string): ReadBody {
  const bytes = bytesOf(base64);
  const utf8 = decode(bytes, "utf-8");
  const isText = utf8 !== undefined && isPlain(utf8);
  const indented = isText ? indentJson(utf8) : undefined;
  const json = indented?.text;
  const gbk = isAscii(bytes) ? undefined : decode(bytes, "gbk");
  const isGbk = !isText && gbk !== undefined && isPlain(gbk);
  const texts: Record<BodyMode, () => string | undefined> = {
    json: () => json,
    text: () => utf8 ?? new TextDecoder().decode(bytes),
    gbk: () => gbk,
    hex: () => hexDump(bytes),
    base64: () => base64,
  };
  const best = json === undefined ? (isText ? "text" : isGbk ? "gbk" : "hex") : "json";
  return { best, isTooDeep: indented?.isTooDeep ?? false, textIn: (mode) => texts[mode]() };
}
