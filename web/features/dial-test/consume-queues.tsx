import { Table, type TableProps } from "antd";
import type { ConsumePlan } from "#contract/dial-test.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { Num } from "../../components/num.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

type Queue = ConsumePlan["queues"][number];
type QueueColumns = NonNullable<TableProps<Queue>["columns"]>;

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
  const figure = (key: string, title: string, value: (queue: Queue) => string | null): QueueColumns[number] => ({
    key,
    title,
    align: "right",
    render: (_, queue) => <Num value={value(queue)} />,
  });
  const columns: QueueColumns = [
    { key: "broker", title: t("broker"), render: (_, queue) => <span className="rd-mono">{queue.brokerName}</span> },
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
        <Table<Queue>
          size="small"
          rowKey={(queue) => `${queue.brokerName}:${queue.queueId}`}
          columns={columns}
          dataSource={plan.queues}
          scroll={{ x: "max-content" }}
          locale={{ emptyText: <EmptyState title={t("noQueues")} /> }}
          pagination={plan.queues.length > PAGE ? { pageSize: PAGE, size: "small", showSizeChanger: false } : false}
        />
      </div>
    </section>
  );
}
