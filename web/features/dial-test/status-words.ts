import { useT } from "../../lib/i18n.ts";
import { isProblemCode } from "../../lib/problem.ts";
import type { Tone } from "../../components/state-tag.tsx";

/** Statuses by kind of test, as the table of statuses lists them. */
export const statuses = {
  produce: [
    "SEND_OK",
    "FLUSH_DISK_TIMEOUT",
    "FLUSH_SLAVE_TIMEOUT",
    "SLAVE_NOT_AVAILABLE",
    "MESSAGE_ILLEGAL",
    "FLOW_CONTROL",
    "SYSTEM_BUSY",
    "SERVICE_NOT_AVAILABLE",
    "REQUEST_TIMEOUT",
    "BROKER_ERROR",
  ],
  consume: [
    "CONSUME_SUCCESS",
    "NO_MATCHED_MESSAGE",
    "MISSING",
    "NOT_DUE",
    "OFFSET_ILLEGAL",
    "BROKER_TIMEOUT",
    "CONSUME_FAILURE",
    "SLAVE_NOT_AVAILABLE",
    "RECONSUME_LATER",
  ],
  roundTrip: ["RECEIVED", "LOST", "DUPLICATE", "CONSUME_FAILURE"],
} as const;
export type TestKind = keyof typeof statuses;

const tones: Record<string, Tone> = {
  SEND_OK: "good",
  FLUSH_DISK_TIMEOUT: "warn",
  FLUSH_SLAVE_TIMEOUT: "warn",
  SLAVE_NOT_AVAILABLE: "warn",
  CONSUME_SUCCESS: "good",
  RECEIVED: "good",
  NO_MATCHED_MESSAGE: "warn",
  NOT_DUE: "warn",
  RECONSUME_LATER: "warn",
  OFFSET_ILLEGAL: "warn",
};

export const toneOf = (code: string): Tone => tones[code] ?? "bad";

/** What a status means and what to do about it; a problem that is no status of its own has the words of the problem. */
export function useStatusWords(kind: TestKind) {
  const t = useT(["dial-test", "problem"]);
  const known: readonly string[] = statuses[kind];
  return (code: string): { meaning: string; remedy: string; alias?: string } => {
    if (known.includes(code)) {
      const alias = t(`alias.${code}`, { defaultValue: "" });
      return {
        meaning: t(`status.${kind}.${code}.meaning`),
        remedy: t(`status.${kind}.${code}.remedy`),
        alias: alias === "" ? undefined : alias,
      };
    }
    if (!isProblemCode(code)) return { meaning: code, remedy: "" };
    const unknown = t("common:unknown");
    const values = { address: unknown, remark: unknown, responseCode: unknown };
    return { meaning: t(`problem:${code}.what`, values), remedy: t(`problem:${code}.todo`, values) };
  };
}
