import type { OffsetPlan, QueueMove } from "#contract/offset.ts";
import { usePlanNotes } from "../../components/plan-lines.tsx";
import { QueueTable } from "../../components/queue-table.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

const STAYS: QueueMove["change"] = "none";

/** A reset in sentences: what is skipped, what is consumed again, and where it only begins. */
export function useResetWords(): (plan: OffsetPlan) => WritePlan {
  const t = useT("offset");
  const format = useFormat();
  const notes = usePlanNotes("offset");
  return (plan) => {
    const sentence = (change: QueueMove["change"], n: string) => {
      const count = plan.changes.filter((move) => move.change === change).length;
      return count === 0 ? [] : [t(`summary.${change}`, { count, n: format.number(n) })];
    };
    const idle = plan.changes.every(({ change }) => change === STAYS);
    const { command, ...rest } = notes(plan);
    return {
      ...rest,
      summary: [...sentence("skip", plan.skipped), ...sentence("replay", plan.replayed), ...sentence("first", "0")],
      changes: [],
      idle,
      affected: idle ? [] : plan.clients.map(({ clientId, address }) => `${clientId} ${address}`),
      command: idle ? undefined : command,
    };
  };
}

/** Where each queue is, and where it goes; those that stay come last. */
export function QueueMoves({ plan: { changes } }: { plan: OffsetPlan }) {
  const t = useT("offset");
  const format = useFormat();
  if (changes.length === 0) return null;
  return (
    <QueueTable
      label={t("queues")}
      queues={changes.toSorted((a, b) => Number(a.change === STAYS) - Number(b.change === STAYS))}
      figures={[
        [t("brokerOffset"), ({ maxOffset }) => maxOffset],
        [t("before"), ({ before }) => before],
        [t("after"), ({ after }) => after],
      ]}
      effect={[
        t("effect"),
        ({ change, skipped, replayed }) =>
          t(`effects.${change}`, { n: format.number(change === "skip" ? skipped : replayed) }),
      ]}
    />
  );
}
