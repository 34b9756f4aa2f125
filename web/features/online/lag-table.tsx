import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import type { LagRow } from "#contract/online.ts";
import { AndNeverConsumed, LagNum, NotKnown } from "../../components/backlog.tsx";
import { GroupLink, MessagesLink, TopicLink } from "../../components/links.tsx";
import { SumNum } from "../../components/num.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

interface LagTableProps {
  instanceId: string;
  group: string;
  query: UseQueryResult<{ items: LagRow[]; more: number; failures: Failure[]; at: number }>;
}

/** The figures of the table, in its order. */
const columnKeys = [
  "group",
  "topic",
  "total",
  "consumed",
  "consumed24h",
  "notConsumed",
  "tps",
  "longestUnacked",
  "longestUnconsumed",
  "retries",
  "unacked",
] as const;
type ColumnKey = (typeof columnKeys)[number];

/** How far a group is with each of its topics. */
export function LagTable({ instanceId, group, query }: LagTableProps) {
  const t = useT("online");
  const cells = useCells(instanceId, group);
  const columns = columnKeys.map((key): PartColumn<LagRow> => ({
    key,
    title: <span title={t(`means.${key}`)}>{t(`lag.${key}`)}</span>,
    align: key === "group" || key === "topic" ? undefined : "right",
    render: cells[key],
  }));
  const more = query.data?.more ?? 0;
  return (
    <>
      <PartTable
        label={t("tab.lag")}
        query={query}
        columns={columns}
        rowKey={(row) => row.topic}
        empty={{ title: t("empty.lag"), text: t("empty.lagText") }}
      />
      {more > 0 ? <p className="rd-quiet">{t("moreTopics", { count: more })}</p> : null}
      <details className="rd-details rd-online-means">
        <summary>{t("meansTitle")}</summary>
        <dl>
          {columnKeys.slice(2).map((key) => (
            <div key={key}>
              <dt>{t(`lag.${key}`)}</dt>
              <dd>{t(`means.${key}`)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function useCells(instanceId: string, group: string): Record<ColumnKey, (row: LagRow) => ReactNode> {
  const t = useT("online");
  const unknown = (row: LagRow) => t(`common:backlog.unknown.${row.lagUnknown ?? "notRead"}`);
  const sum = (row: LagRow, value: string | null, why: string) =>
    value === null ? <NotKnown why={why} /> : <SumNum value={value} atLeast={row.atLeast} />;
  return {
    group: () => <GroupLink instanceId={instanceId} group={group} />,
    topic: ({ topic }) => <TopicLink instanceId={instanceId} topic={topic} />,
    total: (row) => sum(row, row.total, t("common:backlog.unknown.notRead")),
    consumed: (row) => sum(row, row.consumed, unknown(row)),
    consumed24h: (row) => sum(row, row.consumed24h, unknown(row)),
    notConsumed: (row) => (
      <>
        <LagNum of={row} unknown={row.lagUnknown} atLeast={row.atLeast} />
        <AndNeverConsumed of={row} atLeast={row.atLeast} />
      </>
    ),
    tps: (row) =>
      row.tps === null ? <NotKnown why={unknown(row)} /> : <SumNum value={row.tps} as="rate" atLeast={row.atLeast} />,
    longestUnacked: (row) => (
      <Longest
        instanceId={instanceId}
        topic={row.topic}
        of={row.longestUnacked}
        why={row.unackedUnknown === null ? t("longestUnread") : t(`unackedUnknown.${row.unackedUnknown}`)}
      />
    ),
    longestUnconsumed: (row) => (
      <Longest
        instanceId={instanceId}
        topic={row.topic}
        of={row.longestUnconsumed}
        isPart={row.neverConsumed !== null && row.neverConsumed !== "0"}
        why={
          row.lagUnknown !== null
            ? unknown(row)
            : t(row.unackedUnknown === "oldBroker" ? "unackedUnknown.oldBroker" : "longestUnread")
        }
      />
    ),
    retries: (row) =>
      row.retries === null ? (
        <NotKnown why={t("common:backlog.unknown.notRead")} />
      ) : (
        <span title={row.retriesOfGroup ? t("retriesOfGroupText") : undefined}>
          <SumNum value={row.retries} atLeast={row.atLeast} />
          {row.retriesOfGroup ? <span className="rd-quiet"> {t("retriesOfGroup")}</span> : null}
        </span>
      ),
    unacked: (row) =>
      row.unacked === null ? (
        <NotKnown why={t(`unackedUnknown.${row.unackedUnknown ?? "notRead"}`)} />
      ) : (
        <SumNum value={row.unacked} atLeast={row.atLeast} />
      ),
  };
}

interface LongestProps {
  instanceId: string;
  topic: string;
  of: LagRow["longestUnacked"];
  /** Messages wait in queues that the group has not begun, of which no age is told. */
  isPart?: boolean;
  why: string;
}

/** How long the oldest message waits, leading to that message. */
function Longest({ instanceId, topic, of: { ms, atLeast, oldest }, isPart = false, why }: LongestProps) {
  const format = useFormat();
  const t = useT("online");
  if (ms === null) return <NotKnown why={why} />;
  if (oldest === null)
    return (
      <>
        <SumNum value={ms} atLeast={false} />
        {isPart ? <span className="rd-quiet"> {t("ofBegun")}</span> : null}
      </>
    );
  const since = t("readyAt", { ms: format.number(ms), at: format.time(oldest.readyAt, { ms: true }) });
  return (
    <span title={since}>
      {atLeast ? "≥ " : ""}
      <MessagesLink
        instanceId={instanceId}
        topic={topic}
        brokerName={oldest.brokerName}
        queueId={oldest.queueId}
        offset={oldest.offset}
      >
        {format.duration(ms)}
      </MessagesLink>
    </span>
  );
}
