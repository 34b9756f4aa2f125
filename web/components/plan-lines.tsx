import type { ReactNode } from "react";
import type { Failure, Outcome } from "#contract/list.ts";
import type { PlanWarning, RemarkChange } from "#contract/plan.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { FailureText } from "./partial-strip.tsx";
import type { WriteOutcome } from "./write-outcome.tsx";
import type { PlanChange, WritePlan } from "./write-plan.tsx";

interface Change<On> {
  brokerName: string;
  addr: string;
  change: "create" | "update" | "delete" | "none";
  before: On | null;
  after: On | null;
}

/** What plans of the API have in common. */
interface PlanOnBrokers<On> {
  changes: Change<On>[];
  remark: RemarkChange;
  blocked: ProblemCode | null;
  warnings: PlanWarning[];
  commands: string[];
  failures: Failure[];
}

/** What one broker has, as the drawer shows it: label and value of each field. */
export type PlanFields<On> = (on: On) => [label: string, value: string][];

function linesOfOne<On>({ before, after }: Change<On>, fields: PlanFields<On>): PlanChange[] {
  const old = new Map(before === null ? [] : fields(before));
  const now = new Map(after === null ? [] : fields(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((label): PlanChange => ({ label, before: old.get(label), after: now.get(label) }))
    .filter((line) => line.before !== line.after);
}

/** One line for each field that changes: once where all brokers change alike, else broker by broker. */
function linesOf<On>(changes: Change<On>[], fields: PlanFields<On>): PlanChange[] {
  const perBroker = changes.map((change) => ({ broker: change.brokerName, lines: linesOfOne(change, fields) }));
  const [first, ...others] = perBroker;
  if (first === undefined) return [];
  const text = JSON.stringify(first.lines);
  if (others.every(({ lines }) => JSON.stringify(lines) === text)) return first.lines;
  return perBroker.flatMap(({ broker, lines }) =>
    lines.map((line) => ({ ...line, label: `${broker} · ${line.label}` })),
  );
}

const remarkLine = (label: string, { before, after }: NonNullable<RemarkChange>): PlanChange => ({
  label,
  before: before === "" ? undefined : before,
  after: after === "" ? undefined : after,
});

/** A plan of the API in the words of the drawer; texts of warnings and of the remark are in the namespace of its domain. */
export function usePlanLines<On>(
  ns: "topic" | "group",
  fields: PlanFields<On>,
): (plan: PlanOnBrokers<On>, affected?: ReactNode[]) => WritePlan {
  const t = useT([ns, "problem"]);
  const format = useFormat();
  const figures = (params: Record<string, string | number>) =>
    Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? format.number(value) : value]),
    );
  return (plan, affected = []) => {
    const written = plan.changes.filter(({ change }) => change !== "none");
    const remarks = plan.remark === null ? [] : [remarkLine(t("remark"), plan.remark)];
    const warnings: ReactNode[] = [
      ...plan.warnings.map(({ key, params }) => t(`warning.${key}`, figures(params))),
      ...plan.failures.map((failure) => (
        <>
          <span className="rd-mono">{failure.target}</span> · <FailureText failure={failure} />
        </>
      )),
    ];
    return {
      changes: [...linesOf(written, fields), ...remarks],
      brokers: written.map(({ brokerName, addr }) => `${brokerName} ${addr}`),
      affected,
      warnings,
      blocked:
        plan.blocked === null ? undefined : (
          <>
            <strong>{t(`problem:${plan.blocked}.what`)}</strong> {t(`problem:${plan.blocked}.todo`)}
          </>
        ),
      command: plan.commands.length === 0 || written.length === 0 ? undefined : plan.commands.join("\n"),
    };
  };
}

/** Outcomes of the API as the drawer shows them. */
export const outcomeOf = (outcomes: Outcome[], next?: ReactNode): WriteOutcome => ({
  done: outcomes.filter(({ ok, follows }) => ok && follows !== true).map(({ target }) => target),
  following: outcomes.filter(({ follows }) => follows).map(({ target }) => target),
  says: new Map(outcomes.flatMap(({ target, says }) => (says === undefined ? [] : [[target, says]]))),
  failures: outcomes.flatMap(({ failure }) => (failure ? [failure] : [])),
  next,
});
