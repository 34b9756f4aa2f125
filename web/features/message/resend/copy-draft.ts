import type { MessageDetail } from "#contract/message.ts";
import type { CopyAsked } from "#contract/resend.ts";
import { COPY_BODY_MAX } from "#contract/rules/limits.ts";
import { bytesOf } from "../body-text.ts";

export interface CopyDraft {
  target: string;
  onlyGroup: boolean;
  tag: string;
  keys: string;
  /** `name=value`, one a line. */
  properties: string;
  /** Undefined: it goes as it is. */
  body: string | undefined;
  delaySeconds: number | null;
}

/** The whole body as text, where it is one that can be edited. */
export function textOf({ body }: Pick<MessageDetail, "body">): string | undefined {
  if (body === null || body.truncated || body.base64.length > COPY_BODY_MAX) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesOf(body.base64));
  } catch {
    return undefined;
  }
}

const ownOf = ({ properties }: Pick<MessageDetail, "properties">) => properties.filter(({ system }) => !system);

/** Undefined where lines cannot tell them: a value has a line break, or a name an equals sign. */
export function linesOf(detail: Pick<MessageDetail, "properties">): string | undefined {
  const own = ownOf(detail);
  if (own.some(({ name, value }) => /[=\r\n]/.test(name) || /[\r\n]/.test(value))) return undefined;
  return own.map(({ name, value }) => `${name}=${value}`).join("\n");
}

/** Properties from lines; undefined where one is none. */
export function propertiesOf(lines: string): Record<string, string> | undefined {
  const entries = lines
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line): [string, string] => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    });
  if (entries.some(([name, value]) => name.trim() === "" || value.trim() === "")) return undefined;
  return Object.fromEntries(entries);
}

export const draftOf = (detail: MessageDetail): CopyDraft => ({
  target: detail.stage === "dlq" || detail.realTopic !== null ? (detail.realTopic ?? "") : detail.topic,
  onlyGroup: false,
  tag: detail.tags ?? "",
  keys: detail.keys.join(" "),
  properties: linesOf(detail) ?? "",
  body: undefined,
  delaySeconds: null,
});

type Edits = Omit<CopyAsked, "instanceId" | "topic" | "brokerName" | "queueId" | "queueOffset">;

/** What differs from the source; undefined while something is wrong. */
export function editsOf(draft: CopyDraft, before: CopyDraft): Edits | undefined {
  const properties = propertiesOf(draft.properties);
  if (properties === undefined || draft.body === "") return undefined;
  const target = draft.target.trim();
  const changed = (field: "tag" | "keys") => draft[field].trim() !== before[field].trim();
  return {
    onlyGroup: draft.onlyGroup,
    ...(target !== before.target && target !== "" && { target }),
    ...(changed("tag") && { tag: draft.tag.trim() || null }),
    ...(changed("keys") && { keys: draft.keys.trim() || null }),
    ...(draft.properties !== before.properties && { properties }),
    ...(draft.body !== undefined && { body: { encoding: "text" as const, content: draft.body } }),
    ...(draft.delaySeconds !== null && { delaySeconds: draft.delaySeconds }),
  };
}
