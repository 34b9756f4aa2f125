import { isUtf8 } from "node:buffer";

const GZIP = Buffer.from([0x1f, 0x8b]);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** By what a body is saved as, it opens in a program that shows it. */
export function extensionOf(body: Buffer): "json" | "txt" | "gz" | "bin" {
  if (body.subarray(0, GZIP.length).equals(GZIP)) return "gz";
  if (body.length === 0 || body.includes(0) || !isUtf8(body)) return "bin";
  const text = body.toString();
  return /^\s*[[{]/.test(text) && isJson(text) ? "json" : "txt";
}
