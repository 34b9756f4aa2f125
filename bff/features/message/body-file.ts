import { isUtf8 } from "node:buffer";

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Longer ones are judged by their ends: to parse them would hold up everybody else. */
const PARSED_MAX = 262_144;

function isJson(text: string): boolean {
  if (text.length > PARSED_MAX) return /[\]}]\s*$/.test(text.slice(-PARSED_MAX));
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isText = (bytes: Buffer) => !bytes.includes(0) && isUtf8(bytes);

/** By what a body is saved as, it opens in a program that shows it. */
export function extensionOf(body: Buffer): "json" | "txt" | "gz" | "bin" {
  if (body.subarray(0, GZIP.length).equals(GZIP)) return "gz";
  if (body.length === 0 || !isText(body)) return "bin";
  const text = body.toString();
  return /^\s*[[{]/.test(text) && isJson(text) ? "json" : "txt";
}

/** The same of a body of which only the beginning is here; it may end within a character. */
export function extensionOfBeginning(head: Buffer): "json" | "txt" | "bin" {
  if (![0, 1, 2, 3].some((cut) => isText(head.subarray(0, head.length - cut)))) return "bin";
  return /^\s*[[{]\s*["[{\]}\d-]/.test(head.toString("utf8", 0, 1024)) ? "json" : "txt";
}
