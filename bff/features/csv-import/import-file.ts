import { isUtf8 } from "node:buffer";
import { IMPORT_MAX_BYTES } from "#contract/rules/limits.ts";
import { Problem } from "../../base/problem.ts";

export interface TextFile {
  name: string;
  encoding: "UTF-8" | "GBK";
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

function decodeGbk(bytes: Uint8Array): string {
  try {
    return new TextDecoder("gb18030", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable("encoding", "The file is neither UTF-8 nor GBK.");
  }
}

/** Reads UTF-8 with or without byte order mark, else GBK, of which GB 18030 is the superset. */
export async function readTextFile(file: File): Promise<TextFile> {
  if (file.size > IMPORT_MAX_BYTES) throw new Problem("PAYLOAD_TOO_LARGE", { params: { max: IMPORT_MAX_BYTES } });
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length === 0) throw unreadable("empty", "The file is empty.");
  if (isBinary(bytes)) throw unreadable("binary", "The file is not text. Save the sheet as CSV.");
  const encoding = isUtf8(bytes) ? "UTF-8" : "GBK";
  const text = encoding === "UTF-8" ? bytes.toString("utf8") : decodeGbk(bytes);
  return { name: file.name, encoding, text: text.replace(/^\uFEFF/, "") };
}
