import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Failure } from "#contract/list.ts";
import { LagNum, NeverConsumed } from "../../components/backlog.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { GridTable, type Column } from "../../components/grid-table.tsx";
import { GroupLink, TopicLink } from "../../components/links.tsx";
import { Num } from "../../components/num.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface TopCardProps<D extends { failures: Failure[]; at: number }, T extends object> {
  title: string;
  why: string;
  query: UseQueryResult<D>;
  rows: (data: D) => T[];
  rowKey: (row: T) => string;
  columns: Column<T>[];
  empty: string;
}

/** A card with a short list, its own time, and what is missing in it. */
function TopCard<D extends { failures: Failure[]; at: number }, T extends object>(props: TopCardProps<D, T>) {
  const { title, why, query, rows, rowKey, columns, empty } = props;
  const t = useT();
  const { data, error, refetch } = query;
  return (
    <section className="rd-card" aria-label={title}>
      <div className="rd-card-head">
        <h2 title={why}>{title}</h2>
        {data ? (
          <span className="rd-quiet">
            <Time at={data.at} relative />
          </span>
        ) : (
          <span />
        )}
      </div>
      {data === undefined && error === null ? <PanelSkeleton label={t("loading")} /> : null}
      {data === undefined && error !== null ? <ErrorState error={error} onRetry={() => void refetch()} inline /> : null}
      {data === undefined ? null : (
        <>
          <PartialStrip failures={data.failures} onRetry={() => void refetch()} />
          <GridTable<T>
            rowKey={rowKey}
            columns={columns}
            rows={rows(data)}
            empty={<EmptyState title={data.failures.length === 0 ? empty : t("emptyPart")} />}
          />
        </>
      )}
    </section>
  );
}

export function LargestLags({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const query = useQuery(api.overview.lags.queryOptions({ input: { instanceId } }));
  return (
    <TopCard
      title={t("lags.title")}
      why={t("why.lag")}
      query={query}
      rows={(data) => data.groups}
      rowKey={(row) => `${row.group} ${row.topic}`}
      empty={t("lags.empty")}
      columns={[
        {
          key: "group",
          title: t("lags.group"),
          render: ({ group }) => <GroupLink instanceId={instanceId} group={group} />,
        },
        {
          key: "topic",
          title: t("lags.topic"),
          render: ({ topic }) => <TopicLink instanceId={instanceId} topic={topic} />,
        },
        {
          key: "lag",
          title: t("lags.lag"),
          align: "right",
          render: (row) => <LagNum of={row} unknown={row.atLeast ? "notRead" : "noOffsets"} atLeast={row.atLeast} />,
        },
        {
          key: "never",
          title: <span title={t("common:backlog.neverConsumedText")}>{t("common:backlog.neverConsumed")}</span>,
          align: "right",
          render: (row) => <NeverConsumed of={row} atLeast={row.atLeast} />,
        },
        {
          key: "consumedUntil",
          title: <span title={t("why.consumedUntil")}>{t("lags.consumedUntil")}</span>,
          align: "right",
          render: (row) => <Time at={row.consumedUntil} relative />,
        },
      ]}
    />
  );
}

export function LargestTopics({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const query = useQuery(api.overview.messages.queryOptions({ input: { instanceId } }));
  return (
    <TopCard
      title={t("topics.title")}
      why={t("why.stored")}
      query={query}
      rows={(data) => data.topics}
      rowKey={(row) => row.topic}
      empty={t("topics.empty")}
      columns={[
        {
          key: "topic",
          title: t("lags.topic"),
          render: ({ topic }) => <TopicLink instanceId={instanceId} topic={topic} />,
        },
        { key: "stored", title: t("topics.stored"), align: "right", render: (row) => <Num value={row.stored} /> },
        { key: "total", title: t("topics.historical"), align: "right", render: (row) => <Num value={row.total} /> },
        { key: "tps", title: t("topics.tps"), align: "right", render: (row) => <Num value={row.tps} as="rate" /> },
      ]}
    />
  );
}
