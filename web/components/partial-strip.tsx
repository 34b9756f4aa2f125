import ExclamationCircleFilled from "@ant-design/icons/es/icons/ExclamationCircleFilled";
import type { Failure } from "#contract/list.ts";
import { useT } from "../lib/i18n.ts";
import { Name } from "./name.tsx";
import "./partial-strip.css";

interface PartialStripProps {
  failures: Failure[];
  onRetry?: () => void;
  /** What of the data is not there for it. */
  missing?: string;
}

/** Amber strip over data that is true but not whole: which broker did not answer, and why. */
export function PartialStrip({ failures, onRetry, missing }: PartialStripProps) {
  const t = useT(["common", "problem"]);
  if (failures.length === 0) return null;
  return (
    <div className="rd-partial" role="status">
      <ExclamationCircleFilled aria-hidden="true" />
      <div>
        <strong>{t("partial", { count: failures.length })}</strong>
        {missing === undefined ? null : <p>{missing}</p>}
        <ul>
          {failures.map((failure) => (
            <li key={`${failure.target} ${failure.code}`}>
              <Name value={failure.target} /> · <FailureText failure={failure} />
            </li>
          ))}
        </ul>
      </div>
      {onRetry ? (
        <button type="button" className="rd-button" data-size="small" onClick={onRetry}>
          {t("retry")}
        </button>
      ) : null}
    </div>
  );
}

/** What happened to one broker or row of a fan-out, in one line. */
export function FailureText({ failure }: { failure: Pick<Failure, "target" | "code" | "remark" | "responseCode"> }) {
  const t = useT("problem");
  const values = {
    address: failure.target,
    remark: failure.remark ?? "",
    responseCode: String(failure.responseCode ?? ""),
  };
  const what = t(`${failure.code}.what`, values);
  return (
    <span title={t(`${failure.code}.todo`, values)}>
      {what}
      {failure.remark && !what.includes(failure.remark) ? <span className="rd-quiet"> ({failure.remark})</span> : null}
    </span>
  );
}
