import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import type { MessageItem } from "#contract/message.ts";
import { PENDING_DEPTH_MAX } from "#contract/rules/limits.ts";
import { CopyButton } from "../../../components/copyable.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import type { Column } from "../../../components/grid-table.tsx";
import { TopicLink } from "../../../components/links.tsx";
import { PagedGrid } from "../../../components/paged-grid.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { RefreshControl } from "../../../components/refresh-control.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { useT } from "../../../lib/i18n.ts";
import { refOf } from "../../../lib/message-ref.ts";
import { visible } from "../../../lib/visible.ts";
import { Link } from "@tanstack/react-router";

export interface PendingTabProps {
  instanceId: string;
  depth: number;
  onDepth: (depth: number) => void;
}

interface Found<T> {
  items: T[];
  more: boolean;
  failures: Failure[];
  at: number;
}

interface PendingListProps<T extends MessageItem, P extends Found<T>> extends Pick<
  PendingTabProps,
  "depth" | "onDepth"
> {
  label: string;
  query: UseQueryResult<P>;
  columns: Column<T>[];
  empty: { title: string; text?: string; action?: ReactNode };
  /** Over the list: how much there is and how far it was read. */
  summary: (found: P) => ReactNode;
  /** Not all was read: more may be asked for. */
  cut: (found: P) => boolean;
}

/** A list of waiting messages with all of its states, and the way to read further where it was cut. */
export function PendingList<T extends MessageItem, P extends Found<T>>(props: PendingListProps<T, P>) {
  const { label, query, columns, empty, summary, cut, depth, onDepth } = props;
  const t = useT("pending");
  if (query.isPending) return <PanelSkeleton label={t("common:loading")} />;
  if (!query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { items, failures, at } = query.data;
  const isCut = cut(query.data);
  return (
    <section className="rd-list" aria-label={label} aria-busy={query.isFetching}>
      <div className="rd-pending-head">
        <div>{summary(query.data)}</div>
        <RefreshControl
          at={at}
          everySeconds={undefined}
          refreshing={query.isFetching}
          onRefresh={() => void query.refetch()}
        />
      </div>
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} inline /> : null}
      <PartialStrip failures={failures} onRetry={() => void query.refetch()} missing={t("missing")} />
      <PagedGrid
        label={label}
        rowKey={refOf}
        rows={items}
        columns={columns}
        empty={
          failures.length > 0 ? (
            <EmptyState title={t("common:emptyPart")} action={empty.action} />
          ) : isCut ? (
            <EmptyState title={t("noneRead")} action={empty.action} />
          ) : (
            <EmptyState {...empty} />
          )
        }
      />
      {query.data.more ? <p className="rd-quiet">{t("more", { count: items.length })}</p> : null}
      {isCut && depth < PENDING_DEPTH_MAX ? (
        <p>
          <button type="button" className="rd-button" onClick={() => onDepth(Math.min(depth * 4, PENDING_DEPTH_MAX))}>
            {t("further")}
          </button>
        </p>
      ) : null}
    </section>
  );
}

const SHORT_ID = 8;

/** Which message: its id, and the topic that it is sent to. */
export function useItemColumns<T extends MessageItem>(instanceId: string): Column<T>[] {
  const t = useT("pending");
  return [
    {
      key: "id",
      title: t("id"),
      render: (item) => (
        <span className="rd-message-id">
          <Link
            className="rd-mono"
            to="/instances/$instanceId/messages/$message"
            params={{ instanceId, message: refOf(item) }}
            title={visible(item.msgId)}
            aria-label={visible(item.msgId)}
          >
            {visible(item.msgId.slice(-SHORT_ID))}
          </Link>
          <CopyButton value={item.msgId} />
        </span>
      ),
    },
    {
      key: "topic",
      title: t("topic"),
      render: ({ realTopic }) =>
        realTopic === null ? (
          <span className="rd-quiet">–</span>
        ) : (
          <TopicLink instanceId={instanceId} topic={realTopic} />
        ),
    },
  ];
}
