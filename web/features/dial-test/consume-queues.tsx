import { Pagination } from "antd";
import { useState } from "react";
import type { ConsumePlan } from "#contract/dial-test.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { GridTable, type Column } from "../../components/grid-table.tsx";
import { Num } from "../../components/num.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

type Queue = ConsumePlan["queues"][number];

/** As far as a queue can be moved by `count` messages. */
const furthest = ({ from, maxOffset }: Queue, count: number): string => {
  const end = BigInt(from) + BigInt(count);
  return String(end < BigInt(maxOffset) ? end : BigInt(maxOffset));
};

const PAGE = 20;

interface ConsumeQueuesProps {
  plan: ConsumePlan;
  count: number;
  commit: boolean;
}

/** Where the test begins in each queue and, when it commits, how far the group can be moved there. */
export function ConsumeQueues({ plan, count, commit }: ConsumeQueuesProps) {
  const t = useT("dial-test");
  const format = useFormat();
  const [page, setPage] = useState(1);
  const shown = Math.min(page, Math.max(1, Math.ceil(plan.queues.length / PAGE)));
  const figure = (key: string, title: string, value: (queue: Queue) => string | null): Column<Queue> => ({
    key,
    title,
    align: "right",
    render: (queue) => <Num value={value(queue)} />,
  });
  const columns: Column<Queue>[] = [
    { key: "broker", title: t("broker"), render: (queue) => <span className="rd-mono">{queue.brokerName}</span> },
    figure("queue", t("queue"), (queue) => String(queue.queueId)),
    figure("min", t("oldest"), (queue) => queue.minOffset),
    figure("max", t("newest"), (queue) => queue.maxOffset),
    figure("committed", t("committed"), (queue) => queue.committed),
    figure("from", t("readsFrom"), (queue) => queue.from),
    figure("readable", t("readable"), (queue) => String(BigInt(queue.maxOffset) - BigInt(queue.from))),
    ...(commit ? [figure("to", t("movesTo"), (queue) => furthest(queue, count))] : []),
  ];
  return (
    <section className="rd-dial-queues" aria-label={t("queues")}>
      <h2>{t("queues")}</h2>
      <p className="rd-dial-about">
        {t("readableNow", { count: Number(plan.readable), n: format.number(plan.readable) })}
      </p>
      <div className="rd-table">
        <GridTable
          rowKey={(queue) => `${queue.brokerName}:${queue.queueId}`}
          columns={columns}
          rows={plan.queues.slice((shown - 1) * PAGE, shown * PAGE)}
          empty={<EmptyState title={t("noQueues")} />}
        />
        {plan.queues.length > PAGE ? (
          <Pagination
            size="small"
            className="rd-pages"
            current={shown}
            pageSize={PAGE}
            total={plan.queues.length}
            showSizeChanger={false}
            onChange={setPage}
          />
        ) : null}
      </div>
    </section>
  );
}
