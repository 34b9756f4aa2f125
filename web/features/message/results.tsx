import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { FoundMessages } from "#contract/message.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { RefreshControl } from "../../components/refresh-control.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { useT } from "../../lib/i18n.ts";
import { FoundList } from "./found-list.tsx";
import { isToldAtField } from "./message-words.tsx";

interface ResultsProps<P extends FoundMessages> {
  instanceId: string;
  query: UseQueryResult<P>;
  /** Whether the query has all it needs to be asked. */
  asked: boolean;
  /** What to fill in, while it has not. */
  hint: string;
  group: string | undefined;
  onOpen: (ref: string) => void;
  onRefresh: () => void;
  /** Over the table on the left: what was found. */
  summary: (page: P) => ReactNode;
  /** What to know about what was found before it is read. */
  note?: (page: P) => ReactNode;
  /** Under the table: further pages. */
  pager?: (page: P) => ReactNode;
  empty: { title: string; text?: ReactNode; action?: ReactNode };
}

/** What a query found, in all its states. */
export function Results<P extends FoundMessages>(props: ResultsProps<P>) {
  const { instanceId, query, asked, hint, group, onOpen, onRefresh, summary, pager, empty } = props;
  const t = useT("message");
  if (!asked) return <EmptyState title={t("askTitle")} text={hint} />;
  if (query.isPending) return <PanelSkeleton lines={8} label={t("common:loading")} />;
  if (query.error) {
    // A fault of a field is told there; one that the broker told has more to say.
    return isToldAtField(query.error) ? null : <ErrorState error={query.error} onRetry={onRefresh} />;
  }
  const page = query.data;
  const { unread } = page;
  const note = props.note?.(page);
  return (
    <section className="rd-list" aria-label={t("results")}>
      <FoundList
        instanceId={instanceId}
        items={page.items}
        group={group}
        at={page.at}
        onOpen={onOpen}
        summary={page.items.length > 0 ? summary(page) : null}
        right={
          <RefreshControl at={page.at} everySeconds={undefined} refreshing={query.isFetching} onRefresh={onRefresh} />
        }
        notes={
          <>
            <PartialStrip
              failures={page.failures}
              onRetry={onRefresh}
              missing={
                unread.queues === 0 ? t("unreadBrokers") : t("unreadQueues", { count: unread.queues, of: unread.of })
              }
            />
            {note ? (
              <p className="rd-note" data-tone="warn" role="status">
                {note}
              </p>
            ) : null}
          </>
        }
        empty={page.failures.length === 0 ? empty : { title: t("empty.partial") }}
      />
      {pager?.(page)}
    </section>
  );
}
