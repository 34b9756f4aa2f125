import { isUtf8 } from "node:buffer";
import type { ImportCheck } from "#contract/csv-import.ts";
import { IMPORT_MAX_BYTES } from "#contract/rules/limits.ts";
import { Problem } from "../../base/problem.ts";

export interface TextFile {
  name: string;
  encoding: ImportCheck["encoding"];
  /** Without byte order mark. */
  text: string;
}

/** A whole file that is no import. `key` names its text in `csv-import:file`, `reason` says the same to callers of the API. */
export const unreadable = (key: string, reason: string, params: Record<string, string | number> = {}): Problem =>
  new Problem("CSV_UNREADABLE", { params: { ...params, reason }, issues: [{ path: "file", message: key }] });

/** Bytes that no text has; spreadsheets in their own format have many. */
function isBinary(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c) return true;
  }
  return false;
}

function decoded(bytes: Uint8Array, encoding: "gb18030" | "utf-16le" | "utf-16be"): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable("encoding", "The file is neither UTF-8, UTF-16 nor GBK.");
  }
}

/** What spreadsheets call Unicode text. Without a byte order mark it is told by the zeros of the letters that every header has. */
function utf16Of(bytes: Buffer): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === undefined || second === undefined || (first === 0) === (second === 0)) return undefined;
  return second === 0 ? "utf-16le" : "utf-16be";
}

function textOf(bytes: Buffer): Pick<TextFile, "encoding" | "text"> {
  const utf16 = utf16Of(bytes);
  const text = utf16 === undefined ? "" : decoded(bytes, utf16);
  if (isBinary(utf16 === undefined ? bytes : Buffer.from(text))) {
    throw unreadable("binary", "The file is not text. Save the sheet as CSV.");
  }
  if (utf16 !== undefined) return { encoding: "UTF-16", text };
  if (isUtf8(bytes)) return { encoding: "UTF-8", text: bytes.toString("utf8") };
  return { encoding: "GBK", text: decoded(bytes, "gb18030") };
}

/** Reads UTF-8 and UTF-16 with or without byte order mark, else GBK, of which GB 18030 is the superset. */
export async function readTextFile(file: File): Promise<TextFile> {
  if (file.size > IMPORT_MAX_BYTES) throw new Problem("PAYLOAD_TOO_LARGE", { params: { max: IMPORT_MAX_BYTES } });
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length === 0) throw unreadable("empty", "The file is empty.");
  const { encoding, text } = textOf(bytes);
  return { name: file.name, encoding, text: text.replace(/^\uFEFF/, "") };
}
