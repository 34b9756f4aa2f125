import { Button } from "antd";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import { useT } from "../lib/i18n.ts";
import { isProblemCode } from "../lib/problem.ts";
import { StateTag } from "./state-tag.tsx";
import { Name } from "./name.tsx";
import "./write-outcome.css";

/** What a write did: broker by broker. */
export interface WriteOutcome {
  /** How it went, where "done" does not say it. */
  title?: string;
  /** What a target told besides, over the list of targets. */
  told?: ReactNode;
  /** Brokers (or other targets) on which it was done. */
  done: string[];
  /** Who does it by itself: slaves as their master did, clients that were told. */
  following?: string[];
  /** What a target answers afterwards, by its name. */
  says?: ReadonlyMap<string, string>;
  failures: Failure[];
  /** Targets whose answer was lost, and how. */
  unknown?: Failure[];
  /** What to do next, the first of all as a primary button: open what was made, use it. */
  next?: ReactNode;
  /** Shows the plan that takes it back. */
  onUndo?: () => void;
}

export function WriteOutcomeList({
  outcome,
  onClose,
  onBack,
  onUndo,
}: {
  outcome: WriteOutcome;
  onClose: () => void;
  onBack: () => void;
  onUndo: (() => void) | undefined;
}) {
  const t = useT(["common", "problem"]);
  const { told, done, following = [], failures, unknown = [], next, says } = outcome;
  const title =
    outcome.title ??
    (unknown.length > 0
      ? t("write.someUnknown", { unknown: unknown.length, all: done.length + unknown.length + failures.length })
      : failures.length === 0
        ? t("write.allDone")
        : done.length === 0
          ? t("write.noneDone")
          : t("write.someDone", { done: done.length, all: done.length + failures.length }));
  const isAll = failures.length + unknown.length + following.length === 0;
  const follows = next !== undefined && done.length > 0;
  return (
    <div className="rd-outcome" role="status">
      <h2>{title}</h2>
      {told}
      <ul>
        {done.map((target) => (
          <li key={target}>
            {isAll ? (
              <StateTag tone="good">
                <Name value={target} />
              </StateTag>
            ) : (
              <>
                <StateTag tone="good">{t("write.done")}</StateTag> <Name value={target} />
              </>
            )}
            {says?.has(target) ? (
              <span className="rd-quiet"> · {t("write.says", { what: says.get(target) })}</span>
            ) : null}
          </li>
        ))}
        {following.map((target) => (
          <li key={target}>
            <StateTag tone="busy">{t("write.following")}</StateTag> <Name value={target} />
          </li>
        ))}
        {unknown.map((failure) => (
          <li key={`${failure.target} ${failure.code}`}>
            <StateTag tone="warn">{t("write.unknown")}</StateTag> <Name value={failure.target} />
            <OutcomeWords failure={failure} />
          </li>
        ))}
        {failures.map((failure) => (
          <li key={`${failure.target} ${failure.code}`}>
            <StateTag tone="bad">{t("write.failed")}</StateTag> <Name value={failure.target} />
            <OutcomeWords failure={failure} />
          </li>
        ))}
      </ul>
      {following.length > 0 ? <p className="rd-quiet">{t("write.followingText")}</p> : null}
      {unknown.length > 0 ? <p className="rd-quiet">{t("write.unknownText")}</p> : null}
      <div className="rd-buttons">
        {failures.length + unknown.length > 0 ? <Button onClick={onBack}>{t("write.back")}</Button> : null}
        {onUndo ? <Button onClick={onUndo}>{t("write.undo")}</Button> : null}
        <Button type={follows ? undefined : "primary"} onClick={onClose}>
          {t("close")}
        </Button>
        {follows ? next : null}
      </div>
    </div>
  );
}

function OutcomeWords({ failure }: { failure: Failure }) {
  const t = useT("problem");
  if (!isProblemCode(failure.code)) return null;
  const values = {
    address: failure.target,
    remark: failure.remark ?? "",
    responseCode: String(failure.responseCode ?? ""),
  };
  return (
    <div className="rd-outcome-words">
      <p>{t(`${failure.code}.what`, values)}</p>
      {failure.remark ? <p className="rd-mono rd-quiet rd-wrap">{failure.remark}</p> : null}
      <p className="rd-quiet">{t(`${failure.code}.todo`, values)}</p>
    </div>
  );
}
