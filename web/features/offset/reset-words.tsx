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
    const moving = (change: QueueMove["change"]) => plan.changes.filter((move) => move.change === change);
    const messages = (n: string) => t("messages", { count: Number(n), n: format.number(n) });
    const sentence = (change: QueueMove["change"], n: string, before = "0") => {
      const count = moving(change).length;
      return count === 0 ? [] : [t(`summary.${change}`, { count, messages: messages(n), before: messages(before) })];
    };
    const between = (from: "minOffset" | "after", to: "after" | "maxOffset") =>
      moving("first")
        .reduce((sum, move) => sum + BigInt(move[to]) - BigInt(move[from]), 0n)
        .toString();
    const idle = plan.changes.every(({ change }) => change === STAYS);
    const { command, ...rest } = notes(plan);
    return {
      ...rest,
      summary: [
        ...sentence("skip", plan.skipped),
        ...sentence("replay", plan.replayed),
        ...sentence("first", between("after", "maxOffset"), between("minOffset", "after")),
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
