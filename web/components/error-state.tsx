import CloseCircleFilled from "@ant-design/icons/es/icons/CloseCircleFilled";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { problemOf, type Problem } from "../lib/problem.ts";
import { CopyButton } from "./copyable.tsx";
import "./error-state.css";

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  /** Inside a form or a panel: less air. */
  inline?: boolean;
}

/** A problem as what happened, why, and what to do; the details fold out and can be copied. */
export function ErrorState({ error, onRetry, inline = false }: ErrorStateProps) {
  const t = useT();
  const problem = problemOf(error);
  const words = useProblemWords()(problem);
  const details = detailsOf(problem);
  return (
    <div className="rd-error" data-inline={inline} role="alert">
      <CloseCircleFilled className="rd-error-icon" aria-hidden="true" />
      <div>
        <p className="rd-error-what">{words.what}</p>
        <p>{words.why}</p>
        <p className="rd-error-todo">{words.todo}</p>
        {onRetry ? (
          <button type="button" className="rd-button" data-size="small" onClick={onRetry}>
            {t("retry")}
          </button>
        ) : null}
        <details className="rd-details">
          <summary>{t("details")}</summary>
          <pre className="rd-mono">{details}</pre>
          <CopyButton value={details} />
        </details>
      </div>
    </div>
  );
}

/** The texts of a problem in the language in use, with what is known of it filled in. */
export function useProblemWords(): (problem: Problem) => { what: string; why: string; todo: string } {
  const t = useT("problem");
  const format = useFormat();
  return (problem) => {
    const { address, remark, responseCode, params } = problem.data;
    const unknown = t("common:unknown");
    const values = {
      address: address ?? unknown,
      remark: remark ?? unknown,
      responseCode: responseCode === undefined ? unknown : String(responseCode),
      tried: unknown,
      ...params,
      maxBytes: format.bytes(params?.["max"]),
    };
    return {
      what: t(`${problem.code}.what`, values),
      why: t(`${problem.code}.why`, values),
      todo: t(`${problem.code}.todo`, values),
    };
  };
}

function detailsOf({ code, status, data }: Problem): string {
  const lines: [string, string | number | undefined][] = [
    ["code", code],
    ["status", status],
    ["address", data.address],
    ["responseCode", data.responseCode],
    ["remark", data.remark],
    ["requestId", data.requestId],
    ...(data.issues ?? []).map((issue): [string, string] => [issue.path, issue.message]),
  ];
  return lines.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`])).join("\n");
}
