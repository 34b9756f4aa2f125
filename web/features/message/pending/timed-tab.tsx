import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { TimedMessage, TimedMessages } from "#contract/pending.ts";
import type { Column } from "../../../components/grid-table.tsx";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { useUrlState } from "../../../lib/search.ts";
import { useCan } from "../../../lib/session.ts";
import { pendingSearch } from "./pending-search.ts";
import { PendingList, useItemColumns, type PendingTabProps } from "./pending-list.tsx";
import { TimedCalendar } from "./timed-calendar.tsx";
import { TimedBrokers } from "./timed-brokers.tsx";

const RecallDrawer = lazy(() => import("./recall-drawer.tsx").then((m) => ({ default: m.RecallDrawer })));

const isCut = ({ brokers }: TimedMessages) =>
  brokers.some(({ levels, timers }) =>
    [levels, timers].some((one) => one !== null && BigInt(one.of) > BigInt(one.read)),
  );

/** Messages by due time. */
export function TimedTab({ instanceId, depth, onDepth }: PendingTabProps) {
  const t = useT("pending");
  const may = useCan("message:recall");
  const [{ hour }, patch] = useUrlState(pendingSearch);
  const [recalled, setRecalled] = useState<TimedMessage>();
  const query = useQuery(
    api.pending.timed.queryOptions({ input: { instanceId, depth, hour }, placeholderData: keepPreviousData }),
  );
  const item = useItemColumns<TimedMessage>(instanceId);
  const columns: Column<TimedMessage>[] = [
    { key: "due", title: t("due"), render: ({ dueAt }) => <Time at={dueAt} /> },
    ...item,
    {
      key: "waits",
      title: t("waits"),
      render: ({ kind, level, rolls }) =>
        kind === "level"
          ? t("byLevel", { level: String(level) })
          : rolls > 0
            ? t("rolled", { count: rolls })
            : t("byTimer"),
    },
    { key: "stored", title: t("stored"), render: ({ storedAt }) => <Time at={storedAt} /> },
    { key: "broker", title: t("broker"), render: ({ brokerName }) => brokerName },
    ...(may
      ? [
          {
            key: "actions",
            title: "",
            align: "right" as const,
            fixed: "right" as const,
            render: (row: TimedMessage) =>
              row.kind === "timer" ? (
                <Button size="small" onClick={() => setRecalled(row)}>
                  {t("recall.action")}
                </Button>
              ) : null,
          },
        ]
      : []),
  ];
  return (
    <>
      <PendingList
        label={t("tab.timed")}
        query={query}
        columns={columns}
        depth={depth}
        onDepth={onDepth}
        cut={isCut}
        empty={
          hour === undefined
            ? { title: t("empty.timed"), text: t("empty.timedText") }
            : {
                title: t("empty.hour"),
                action: <Button onClick={() => patch({ hour: undefined })}>{t("allHours")}</Button>,
              }
        }
        summary={(found) => (
          <>
            <p>{t("timedText")}</p>
            <TimedBrokers brokers={found.brokers} />
            <TimedCalendar
              hours={found.hours}
              whole={!isCut(found) && found.failures.length === 0}
              chosen={hour}
              onChoose={(from) => patch({ hour: from })}
            />
          </>
        )}
      />
      <Suspense fallback={null}>
        {recalled ? (
          <RecallDrawer instanceId={instanceId} message={recalled} onClose={() => setRecalled(undefined)} />
        ) : null}
      </Suspense>
    </>
  );
}
