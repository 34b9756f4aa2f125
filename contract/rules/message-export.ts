export const EXPORT_FORMATS = ["csv", "jsonl"] as const;
/** How bodies are told; what is no text is base64 in either. */
export const EXPORT_BODIES = ["text", "base64"] as const;

export interface ExportForm {
  format: (typeof EXPORT_FORMATS)[number];
  body: (typeof EXPORT_BODIES)[number];
}
