import type { Limit } from "#contract/dial-run.ts";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { issueAt, problemOf } from "../../lib/problem.ts";

interface Warning {
  key: string;
  params: Record<string, string | number>;
}

/** Warnings, refusals and faults of a test's plan in the language in use. */
export function useDialWords() {
  const t = useT(["dial-test", "problem"]);
  const format = useFormat();
  const typeWord = (type: unknown): string => t(`type.${String(type)}`, { defaultValue: String(type) });
  return {
    fault: (key: string | undefined) => (key === undefined ? undefined : t(`fault.${key}`)),
    warning: ({ key, params }: Warning): string => {
      const words = Object.fromEntries(
        Object.entries(params).map(([name, value]) => {
          if (name === "topicType" || name === "messageType") return [name, typeWord(value)];
          return [name, name === "bytes" ? format.bytes(value) : value];
        }),
      );
      return t(`warning.${key}`, words);
    },
    blocked: (code: string | null, kind: "produce" | "consume" | "run") =>
      code === null ? undefined : (
        <>
          <strong>{t(`blocked.${kind}.${code}.what`)}</strong> {t(`blocked.${kind}.${code}.todo`)}
        </>
      ),
    limit: ({ setting, broker, limit, asked }: Limit) => {
      const write = setting === "maxMessageSize" ? format.bytes : format.number;
      return t(`limit.${setting}`, { broker, limit: write(limit), asked: write(asked) });
    },
    /** A plan that the server refused to make: the first fault of the input, or the problem, which may pass. */
    refusal: (error: unknown, fields: string[], onRetry: () => void): WritePlan => {
      const problem = problemOf(error);
      const issue = fields.flatMap((field) => issueAt(problem, field) ?? [])[0];
      return issue === undefined
        ? { changes: [], failed: { error, onRetry } }
        : { changes: [], blocked: t(`fault.${issue}`, { defaultValue: t("problem:BAD_REQUEST.what") }) };
    },
  };
}
