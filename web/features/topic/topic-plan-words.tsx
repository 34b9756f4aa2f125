import type { ReactNode } from "react";
import type { TopicOnBroker, TopicPlan } from "#contract/topic.ts";
import { FailureText } from "../../components/partial-strip.tsx";
import type { WriteOutcome } from "../../components/write-outcome.tsx";
import type { PlanChange, WritePlan } from "../../components/write-plan.tsx";
import type { Outcome } from "#contract/list.ts";
import { useT } from "../../lib/i18n.ts";
import { useFormat } from "../../lib/format.ts";
import { usePermWord } from "./topic-words.tsx";

type Change = TopicPlan["changes"][number];

/** One line for each field that changes: once where all brokers change alike, else broker by broker. */
function linesOf(changes: Change[], fields: (on: TopicOnBroker) => [label: string, value: string][]): PlanChange[] {
  const perBroker = changes.map((change) => {
    const before = new Map(change.before ? fields(change.before) : []);
    const after = new Map(change.after ? fields(change.after) : []);
    const labels = [...new Set([...before.keys(), ...after.keys()])];
    return {
      broker: change.brokerName,
      lines: labels
        .map((label): PlanChange => ({ label, before: before.get(label), after: after.get(label) }))
        .filter((line) => line.before !== line.after),
    };
  });
  const [first, ...others] = perBroker;
  if (first === undefined) return [];
  const text = JSON.stringify(first.lines);
  if (others.every(({ lines }) => JSON.stringify(lines) === text)) return first.lines;
  return perBroker.flatMap(({ broker, lines }) =>
    lines.map((line) => ({ ...line, label: `${broker} · ${line.label}` })),
  );
}

/** A plan of the API in the words of the drawer. */
export function usePlanWords(): (plan: TopicPlan, remark?: { before: string; after: string }) => WritePlan {
  const t = useT(["topic", "problem"]);
  const format = useFormat();
  const perm = usePermWord();
  const fields = (on: TopicOnBroker): [string, string][] => [
    [t("readQueues"), format.number(on.readQueues)],
    [t("writeQueues"), format.number(on.writeQueues)],
    [t("permission"), perm(on.perm)],
    [t("messageType"), t(`type.${on.messageType}`)],
    ...(on.order ? [[t("ordered"), t("common:yes")] as [string, string]] : []),
  ];
  const figures = (params: TopicPlan["warnings"][number]["params"]) =>
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
      affected: plan.users.map((user) => t(`user.${user.role}`, { group: user.group, count: user.clients.length })),
      warnings,
      blocked:
        plan.blocked === null ? undefined : (
          <>
            <strong>{t(`problem:${plan.blocked}.what`)}</strong> {t(`problem:${plan.blocked}.todo`)}
          </>
        ),
      command: plan.commands.length === 0 ? undefined : plan.commands.join("\n"),
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
