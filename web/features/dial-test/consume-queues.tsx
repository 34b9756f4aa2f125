import type { ConsumePlan } from "#contract/dial-test.ts";
import { QueueTable } from "../../components/queue-table.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

type Queue = ConsumePlan["queues"][number];

/** As far as a queue can be moved by `count` messages. */
const furthest = ({ from, maxOffset }: Queue, count: number): string => {
  const end = BigInt(from) + BigInt(count);
  return String(end < BigInt(maxOffset) ? end : BigInt(maxOffset));
};

interface ConsumeQueuesProps {
  plan: ConsumePlan;
  count: number;
  commit: boolean;
}

/** Where the test begins in each queue and, when it commits, how far the group can be moved there. */
export function ConsumeQueues({ plan, count, commit }: ConsumeQueuesProps) {
  const t = useT("dial-test");
  const format = useFormat();
  return (
    <section className="rd-dial-queues" aria-label={t("queues")}>
      <h2>{t("queues")}</h2>
      <p className="rd-dial-about">
        {t("readableNow", { count: Number(plan.readable), n: format.number(plan.readable) })}
      </p>
      <QueueTable
        label={t("queues")}
        queues={plan.queues}
        figures={[
          [t("oldest"), (queue) => queue.minOffset],
          [t("newest"), (queue) => queue.maxOffset],
          [t("committed"), (queue) => queue.committed],
          [t("readsFrom"), (queue) => queue.from],
          [t("readable"), (queue) => String(BigInt(queue.maxOffset) - BigInt(queue.from))],
          ...(commit
            ? [[t("movesTo"), (queue: Queue) => furthest(queue, count)] as [string, (q: Queue) => string]]
            : []),
        ]}
        empty={t("noQueues")}
      />
    </section>
  );
}
