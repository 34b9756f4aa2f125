import type { ReactNode } from "react";
import { EmptyState } from "./empty-state.tsx";
import { Num } from "./num.tsx";
import { PagedGrid } from "./paged-grid.tsx";
import { useT } from "../lib/i18n.ts";
import { Name } from "./name.tsx";

const PAGE = 16;

interface QueueTableProps<Q> {
  label: string;
  queues: Q[];
  figures: [title: string, value: (queue: Q) => string | null][];
  /** What becomes of a queue, in words. */
  effect?: [title: string, text: (queue: Q) => ReactNode];
  empty?: string;
}

/** Queues of a topic with their figures, a page of them at a time. */
export function QueueTable<Q extends { brokerName: string; queueId: number }>(props: QueueTableProps<Q>) {
  const { label, queues, figures, effect, empty } = props;
  const t = useT();
  return (
    <PagedGrid
      label={label}
      pageSize={PAGE}
      rows={queues}
      rowKey={({ brokerName, queueId }) => `${brokerName} ${queueId}`}
      columns={[
        {
          key: "queue",
          title: t("queue"),
          render: ({ brokerName, queueId }) => <Name value={`${brokerName} · ${queueId}`} />,
        },
        ...figures.map(([title, value]) => ({
          key: title,
          title,
          align: "right" as const,
          render: (queue: Q) => <Num value={value(queue)} />,
        })),
        ...(effect ? [{ key: "effect", title: effect[0], render: effect[1] }] : []),
      ]}
      empty={<EmptyState title={empty ?? t("emptyPart")} />}
    />
  );
}
