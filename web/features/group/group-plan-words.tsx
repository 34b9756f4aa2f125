import type { ReactNode } from "react";
import type { GroupOnBroker, GroupPlan } from "#contract/group.ts";
import type { Outcome } from "#contract/list.ts";
import { FailureText } from "../../components/partial-strip.tsx";
import type { WriteOutcome } from "../../components/write-outcome.tsx";
import type { PlanChange, WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { usePolicyWord } from "./group-words.tsx";

type Change = GroupPlan["changes"][number];
type Fields = (on: GroupOnBroker) => [label: string, value: string][];

function linesOfOne({ before, after }: Change, fields: Fields): PlanChange[] {
  const old = new Map(before ? fields(before) : []);
  const now = new Map(after ? fields(after) : []);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((label): PlanChange => ({ label, before: old.get(label), after: now.get(label) }))
    .filter((line) => line.before !== line.after);
}

/** One line for each field that changes: once where all brokers change alike, else broker by broker. */
function linesOf(changes: Change[], fields: Fields): PlanChange[] {
  const perBroker = changes.map((change) => ({ broker: change.brokerName, lines: linesOfOne(change, fields) }));
  const [first, ...others] = perBroker;
  if (first === undefined) return [];
  const text = JSON.stringify(first.lines);
  if (others.every(({ lines }) => JSON.stringify(lines) === text)) return first.lines;
  return perBroker.flatMap(({ broker, lines }) =>
    lines.map((line) => ({ ...line, label: `${broker} · ${line.label}` })),
  );
}

function useFields(): Fields {
  const t = useT("group");
  const format = useFormat();
  const policy = usePolicyWord();
  const yes = (value: boolean) => t(value ? "common:yes" : "common:no");
  return (on) => [
    [t("consumeEnable"), yes(on.consumeEnable)],
    [t("broadcastEnable"), yes(on.broadcastEnable)],
    [t("ordered"), yes(on.ordered)],
    [t("retries"), format.number(on.retryMaxTimes)],
    ...(on.retryPolicy === null ? [] : [[t("retryPolicy"), policy(on.retryPolicy)] as [string, string]]),
  ];
}

/** A plan of the API in the words of the drawer. */
export function usePlanWords(): (plan: GroupPlan, remark?: { before: string; after: string }) => WritePlan {
  const t = useT(["group", "problem"]);
  const format = useFormat();
  const fields = useFields();
  const figures = (params: GroupPlan["warnings"][number]["params"]) =>
    Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? format.number(value) : value]),
    );
  return (plan, remark) => {
    const written = plan.changes.filter(({ change }) => change !== "none");
    const remarks = remark && remark.before !== remark.after ? [remarkLine(t("remark"), remark)] : [];
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
      affected: plan.clients.length === 0 ? [] : [t("clientsAffected", { count: plan.clients.length })],
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

const remarkLine = (label: string, { before, after }: { before: string; after: string }): PlanChange => ({
  label,
  before: before === "" ? undefined : before,
  after: after === "" ? undefined : after,
});

/** Outcomes of the API as the drawer shows them. */
export const outcomeOf = (outcomes: Outcome[], next?: ReactNode): WriteOutcome => ({
  done: outcomes.filter(({ ok }) => ok).map(({ target }) => target),
  failures: outcomes.flatMap(({ failure }) => (failure ? [failure] : [])),
  next,
});
