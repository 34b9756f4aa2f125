import type { ReactNode } from "react";
import type { Failure, Outcome } from "#contract/list.ts";
import type { PlanWarning, RemarkChange } from "#contract/plan.ts";
import type { ProblemCode } from "#contract/problem.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { FailureText } from "./partial-strip.tsx";
import type { WriteOutcome } from "./write-outcome.tsx";
import type { PlanChange, WritePlan } from "./write-plan.tsx";
import { Name } from "./name.tsx";

interface Change<On> {
  brokerName: string;
  addr: string;
  change: "create" | "update" | "delete" | "none";
  before: On | null;
  after: On | null;
}

/** What plans of the API have in common. */
interface AnyPlan {
  blocked: ProblemCode | null;
  warnings: PlanWarning[];
  commands: string[];
  failures: Failure[];
}

interface PlanOnBrokers<On> extends AnyPlan {
  changes: Change<On>[];
  remark: RemarkChange;
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

/** What all plans say alike: notes, why it cannot be done, the command. Texts of warnings are in the namespace of the plan's domain. */
export function usePlanNotes(ns: string): (plan: AnyPlan) => Pick<WritePlan, "warnings" | "blocked" | "command"> {
  const t = useT([ns, "problem"]);
  const format = useFormat();
  const figures = (params: PlanWarning["params"]) =>
    Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? format.number(value) : value]),
    );
  return ({ warnings, failures, blocked, commands }) => ({
    warnings: [
      ...warnings.map(({ key, params }) =>
        t(`warning.${key}`, { ...("stored" in params && { count: Number(params["stored"]) }), ...figures(params) }),
      ),
      ...failures.map((failure) => (
        <>
          <Name value={failure.target} /> · <FailureText failure={failure} />
        </>
      )),
    ],
    blocked:
      blocked === null ? undefined : (
        <>
          <strong>{t(`problem:${blocked}.what`)}</strong> {t(`problem:${blocked}.todo`)}
        </>
      ),
    command: commands.length === 0 ? undefined : commands.join("\n"),
  });
}

/** A plan of the API in the words of the drawer; the text of the remark is in the namespace of its domain. */
export function usePlanLines<On>(
  ns: "topic" | "group",
  fields: PlanFields<On>,
): (plan: PlanOnBrokers<On>, affected?: ReactNode[]) => WritePlan {
  const t = useT(ns);
  const notes = usePlanNotes(ns);
  return (plan, affected = []) => {
    const written = plan.changes.filter(({ change }) => change !== "none");
    const remarks = plan.remark === null ? [] : [remarkLine(t("remark"), plan.remark)];
    const { command, ...rest } = notes(plan);
    return {
      ...rest,
      changes: [...linesOf(written, fields), ...remarks],
      idle: written.length === 0 && plan.remark === null,
      brokers: written.map(({ brokerName, addr }) => `${brokerName} ${addr}`),
      affected,
      command: written.length === 0 ? undefined : command,
    };
  };
}

/** Outcomes of the API as the drawer shows them. */
export const outcomeOf = (outcomes: Outcome[], next?: ReactNode): WriteOutcome => ({
  done: outcomes.filter(({ ok, follows }) => ok && follows !== true).map(({ target }) => target),
  following: outcomes.filter(({ follows }) => follows).map(({ target }) => target),
  says: new Map(outcomes.flatMap(({ target, says }) => (says === undefined ? [] : [[target, says]]))),
  failures: outcomes.flatMap(({ failure, unknown }) => (failure && !unknown ? [failure] : [])),
  unknown: outcomes.flatMap(({ failure, unknown }) => (failure && unknown ? [failure] : [])),
  next,
});
