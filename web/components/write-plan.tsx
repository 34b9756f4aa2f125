import { Fragment, type ReactNode } from "react";
import { useT } from "../lib/i18n.ts";
import { CopyButton } from "./copyable.tsx";
import { ErrorState } from "./error-state.tsx";
import { visible } from "../lib/visible.ts";
import "./write-plan.css";

export interface PlanChange {
  label: string;
  /** Left out: the thing is new. */
  before?: ReactNode;
  /** Left out: the thing goes. */
  after?: ReactNode;
  /** What changes nothing of a thing, and is told plainly. */
  fact?: ReactNode;
}

export interface WritePlan {
  /** What will be, in sentences. */
  summary?: ReactNode[];
  changes: PlanChange[];
  /** All is so already: there is nothing to apply. */
  idle?: boolean;
  /** Brokers that are written to. */
  brokers?: string[];
  /** Who is online and affected; a line each. */
  affected?: ReactNode[];
  warnings?: ReactNode[];
  /** Why it cannot be done now; Apply is disabled. */
  blocked?: ReactNode;
  /** Why nobody can say what will happen, and how to ask again; nothing is applied then. */
  failed?: { error: unknown; onRetry: () => void };
  /** The equivalent mqadmin line. */
  command?: string;
  /** Asks once more. */
  onAgain?: () => void;
}

/** What a write will do, before it does it. */
export function WritePlanPanel({ plan, found }: { plan: WritePlan | undefined; found?: ReactNode }) {
  const t = useT();
  return (
    <aside className="rd-plan" aria-label={t("write.plan")} aria-live="polite">
      <div className="rd-plan-body">
        <div className="rd-plan-head">
          <h2>{t("write.plan")}</h2>
          {plan?.onAgain ? (
            <button type="button" className="rd-link" onClick={plan.onAgain}>
              {t("write.again")}
            </button>
          ) : null}
        </div>
        {found}
        {plan ? <PlanBody plan={plan} /> : <p className="rd-quiet">{t("write.planWaiting")}</p>}
      </div>
      {plan?.command && !plan.blocked ? <Command command={plan.command} /> : null}
    </aside>
  );
}

function PlanBody({ plan }: { plan: WritePlan }) {
  const t = useT();
  const { summary = [], changes, brokers = [], affected = [], warnings = [], blocked, failed } = plan;
  const nothing = changes.length === 0 && summary.length === 0;
  return (
    <>
      {blocked ? <p className="rd-plan-blocked">{blocked}</p> : null}
      {failed ? <ErrorState error={failed.error} onRetry={failed.onRetry} inline /> : null}
      {nothing && !blocked && !failed ? <p className="rd-quiet">{t("write.noChange")}</p> : null}
      {blocked
        ? null
        : summary.map((sentence, i) => (
            <p key={i} className="rd-plan-summary">
              {sentence}
            </p>
          ))}
      <dl className="rd-diff">
        {changes.map((change) => (
          <div key={change.label}>
            <dt>{change.label}</dt>
            <dd>
              {change.fact}
              {change.before === undefined ? null : <del>{change.before}</del>}
              {change.after === undefined ? null : <ins>{change.after}</ins>}
            </dd>
          </div>
        ))}
      </dl>
      {brokers.length > 0 ? (
        <section>
          <h3>{t("write.on", { count: brokers.length })}</h3>
          <ul className="rd-mono rd-wrap">
            {brokers.map((broker) => (
              <li key={broker}>{visible(broker)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <PlanLines title={t("write.affected")} lines={affected} />
      <PlanLines title={t("write.warnings")} lines={warnings} warn />
    </>
  );
}

/** As wide as form and plan together; its lines break between arguments. */
function Command({ command }: { command: string }) {
  const t = useT();
  return (
    <section className="rd-plan-command">
      <h3>{t("write.command")}</h3>
      <div className="rd-command">
        <code>
          {command.split("\n").map((line, n) => {
            const [name, ...options] = line.split(/(?<= )(?=-)/);
            return (
              <Fragment key={n}>
                {n === 0 ? name : `\n${name}`}
                {options.map((option, i) => (
                  <span key={i}>{option}</span>
                ))}
              </Fragment>
            );
          })}
        </code>
        <CopyButton value={command} />
      </div>
    </section>
  );
}

function PlanLines({ title, lines, warn = false }: { title: string; lines: ReactNode[]; warn?: boolean }) {
  if (lines.length === 0) return null;
  return (
    <section data-warn={warn}>
      <h3>{title}</h3>
      <ul>
        {lines.map((line, i) => (
          <li key={i}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
