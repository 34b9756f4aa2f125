import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import { Num } from "../../components/num.tsx";
import { usePlanNotes } from "../../components/plan-lines.tsx";
import { SubTable } from "../../components/sub-table.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

/** The sums of a reset; its queues are told beside it. */
export function useResetWords(): (plan: OffsetPlan) => WritePlan {
  const t = useT("offset");
  const format = useFormat();
  const notes = usePlanNotes("offset");
  return (plan) => {
    const moving = plan.changes.filter(({ change }) => change !== "none");
    const sum = (key: "skipped" | "replayed") =>
      plan[key] === "0" ? [] : [{ label: t(key), after: format.number(plan[key]) }];
    return {
      ...notes(plan),
      changes:
        moving.length === 0
          ? []
          : [{ label: t("queues"), after: format.number(moving.length) }, ...sum("skipped"), ...sum("replayed")],
      affected: plan.clients.map(({ clientId, address }) => `${clientId} ${address}`),
    };
  };
}

/** Where each queue is, and where it goes. */
export function QueueMoves({ plan: { changes } }: { plan: OffsetPlan }) {
  const t = useT("offset");
  if (changes.length === 0) return null;
  const number = (of: (move: QueueMove) => string | null) => (move: QueueMove) => <Num value={of(move)} />;
  return (
    <SubTable
      caption={t("queues")}
      rows={changes}
      rowKey={({ brokerName, queueId }) => `${brokerName} ${queueId}`}
      columns={[
        [t("queue"), ({ brokerName, queueId }) => <span className="rd-mono">{`${brokerName} · ${queueId}`}</span>],
        [t("brokerOffset"), number(({ maxOffset }) => maxOffset)],
        [t("before"), number(({ before }) => before)],
        [t("after"), number(({ after }) => after)],
        [t("skipped"), number(({ skipped }) => skipped)],
        [t("replayed"), number(({ replayed }) => replayed)],
      ]}
    />
  );
}
