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
    const sentence = (change: QueueMove["change"], n: (moves: QueueMove[]) => string) => {
      const moves = plan.changes.filter((move) => move.change === change);
      return moves.length === 0 ? [] : [t(`summary.${change}`, { count: moves.length, n: format.number(n(moves)) })];
    };
    const ahead = (moves: QueueMove[]) =>
      moves.reduce((sum, { after, maxOffset }) => sum + BigInt(maxOffset) - BigInt(after), 0n).toString();
    const idle = plan.changes.every(({ change }) => change === STAYS);
    const { command, ...rest } = notes(plan);
    return {
      ...rest,
      summary: [
        ...sentence("skip", () => plan.skipped),
        ...sentence("replay", () => plan.replayed),
        ...sentence("first", ahead),
      ],
      changes: [],
      idle,
      affected: idle ? [] : plan.clients.map(({ clientId, address }) => `${clientId} ${address}`),
      command: idle ? undefined : command,
    };
  };
}

/** What blocks a plan whose queues are worth a look all the same. */
const TELLING: ReadonlySet<string> = new Set(["NOT_ALL_BROKERS", "OFFSET_OUT_OF_RANGE"]);

/** Where each queue is, and where it goes; those that stay come last. */
export function QueueMoves({ plan: { changes, blocked } }: { plan: OffsetPlan }) {
  const t = useT("offset");
  const format = useFormat();
  if (changes.length === 0 || !(blocked === null || TELLING.has(blocked))) return null;
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
