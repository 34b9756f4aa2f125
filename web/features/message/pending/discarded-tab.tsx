import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { DiscardedMessage } from "#contract/pending.ts";
import type { Column } from "../../../components/grid-table.tsx";
import { Name } from "../../../components/name.tsx";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { useCan } from "../../../lib/session.ts";
import { PendingList, useItemColumns, type PendingTabProps } from "./pending-list.tsx";

const ResumeDrawer = lazy(() => import("./resume-drawer.tsx").then((m) => ({ default: m.ResumeDrawer })));

/** Halves of transactions that brokers gave up. */
export function DiscardedTab({ instanceId, depth, onDepth }: PendingTabProps) {
  const t = useT("pending");
  const may = useCan("message:resume");
  const [resumed, setResumed] = useState<DiscardedMessage>();
  const query = useQuery(
    api.pending.discarded.queryOptions({ input: { instanceId, depth }, placeholderData: keepPreviousData }),
  );
  const item = useItemColumns<DiscardedMessage>(instanceId);
  const columns: Column<DiscardedMessage>[] = [
    { key: "givenUp", title: t("givenUp"), render: ({ storedAt }) => <Time at={storedAt} /> },
    ...item,
    { key: "producer", title: t("producer"), render: ({ producerGroup }) => <Name value={producerGroup ?? "–"} /> },
    { key: "born", title: t("born"), render: ({ bornAt }) => <Time at={bornAt} /> },
    { key: "broker", title: t("broker"), render: ({ brokerName }) => brokerName },
    ...(may
      ? [
          {
            key: "actions",
            title: "",
            align: "right" as const,
            fixed: "right" as const,
            render: (row: DiscardedMessage) => (
              <Button size="small" onClick={() => setResumed(row)}>
                {t("resume.action")}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <PendingList
        label={t("tab.discarded")}
        query={query}
        columns={columns}
        depth={depth}
        onDepth={onDepth}
        cut={({ more }) => more}
        empty={{ title: t("empty.discarded"), text: t("empty.discardedText") }}
        summary={() => <p>{t("discardedText")}</p>}
      />
      <Suspense fallback={null}>
        {resumed ? (
          <ResumeDrawer instanceId={instanceId} message={resumed} onClose={() => setResumed(undefined)} />
        ) : null}
      </Suspense>
    </>
  );
}
