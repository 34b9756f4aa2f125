import type { UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import { useMemo, useState, type ReactNode } from "react";
import type { DeadLetter, DeadLetterList as Listed } from "#contract/dead-letter.ts";
import { ColumnChoice, useHiddenColumns } from "../../../components/column-choice.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { GridTable } from "../../../components/grid-table.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { RefreshControl } from "../../../components/refresh-control.tsx";
import { NOTHING, SelectionBar } from "../../../components/selection-bar.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { Toolbar } from "../../../components/toolbar.tsx";
import { useT } from "../../../lib/i18n.ts";
import { placeOf, refOf } from "../../../lib/message-ref.ts";
import { problemOf } from "../../../lib/problem.ts";
import { useCan } from "../../../lib/session.ts";
import { isToldAtField } from "../message-words.tsx";
import { useDeadLetterColumns } from "./dead-letter-columns.tsx";
import type { DeadLetterParts } from "./dead-letter-parts.ts";

type Page = Pick<Listed, "topic" | "items" | "failures" | "at">;

interface DeadLetterListProps<P extends Page> {
  instanceId: string;
  group: string;
  query: UseQueryResult<P>;
  parts: DeadLetterParts;
  /** The times that were asked for, where they were. */
  filter?: { from: number; to: number };
  onOpen: (ref: string) => void;
  onLetRead: () => void;
  onRefresh: () => void;
  summary: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  pager?: ReactNode;
  empty: { title: string; text: string };
}

/** Dead letters that were found, in all states that a search can have. */
export function DeadLetterList<P extends Page>(props: DeadLetterListProps<P>) {
  const { query, group, onRefresh, onLetRead, empty } = props;
  const t = useT("dead-letter");
  if (query.isPending) return <PanelSkeleton lines={8} label={t("common:loading")} />;
  if (query.error) {
    // A fault of a field is told there; that the group is not known has no field here.
    const toldThere = isToldAtField(query.error) && problemOf(query.error).code !== "SUBSCRIPTION_GROUP_NOT_EXIST";
    return toldThere ? null : <ErrorState error={query.error} onRetry={onRefresh} />;
  }
  const page = query.data;
  const { exists, unreadable, name } = page.topic;
  const others = page.failures.filter(({ code }) => code !== "TOPIC_NOT_READABLE");
  const nothing = !exists
    ? { title: t("empty.none", { group }), text: t("empty.noneText") }
    : unreadable.length > 0
      ? { title: t("empty.unreadable") }
      : others.length > 0
        ? { title: t("empty.partial") }
        : empty;
  return (
    <section className="rd-list" aria-label={t("deadLetters")}>
      {unreadable.length > 0 ? <Unreadable brokers={unreadable} topic={name} onLetRead={onLetRead} /> : null}
      <PartialStrip failures={others} onRetry={onRefresh} missing={t("unreadBrokers")} />
      <Rows {...props} page={page} nothing={nothing} />
    </section>
  );
}

function Unreadable({ brokers, topic, onLetRead }: { brokers: string[]; topic: string; onLetRead: () => void }) {
  const t = useT("dead-letter");
  const mayUpdate = useCan("topic:update");
  return (
    <div className="rd-note rd-dead-unreadable" data-tone="warn" role="status">
      <p>{t("unreadable", { count: brokers.length, topic, brokers: brokers.join(", ") })}</p>
      {mayUpdate ? (
        <Button size="small" onClick={onLetRead}>
          {t("letRead")}
        </Button>
      ) : null}
    </div>
  );
}

type RowsProps<P extends Page> = DeadLetterListProps<P> & {
  page: P;
  nothing: { title: string; text?: string };
};

function Rows<P extends Page>({ page, nothing, ...props }: RowsProps<P>) {
  const { instanceId, group, query, parts, filter, onOpen, onRefresh, summary, note, action, pager } = props;
  const [selected, setSelected] = useState(NOTHING);
  const hidden = useHiddenColumns("dead-letters", "own,host");
  const columns = useDeadLetterColumns({ instanceId, group, items: page.items, SentAgain: parts.SentAgain, onOpen });
  const { Actions } = parts;
  const places = useMemo(() => selected.keys.flatMap((key) => placeOf(key) ?? []), [selected]);
  const acting = {
    instanceId,
    group,
    filter: filter ?? { from: 0, to: page.at },
    onDone: () => setSelected(NOTHING),
  };
  const selection = {
    keys: selected.keys,
    onChange: (keys: string[]) => setSelected({ keys }),
  };
  return (
    <>
      <Toolbar
        right={
          <>
            {action}
            {Actions === undefined || page.items.length === 0 || places.length > 0 ? null : (
              <Actions {...acting} selected={[]} />
            )}
            <RefreshControl at={page.at} everySeconds={undefined} refreshing={query.isFetching} onRefresh={onRefresh} />
            <ColumnChoice columns={columns} hidden={hidden} />
          </>
        }
      >
        <span className="rd-toolbar-count" role="status">
          {page.items.length > 0 ? summary : null}
        </span>
      </Toolbar>
      {note === undefined ? null : (
        <p className="rd-note rd-wrap" data-tone="warn" role="status">
          {note}
        </p>
      )}
      {Actions === undefined ? null : (
        <SelectionBar selected={selected} setSelected={setSelected} total={selected.keys.length}>
          <Actions {...acting} selected={places} />
        </SelectionBar>
      )}
      <GridTable<DeadLetter>
        rowKey={refOf}
        rows={page.items}
        columns={columns.filter(({ key }) => !hidden.keys.has(key))}
        selection={Actions === undefined ? undefined : selection}
        onOpen={(item) => onOpen(refOf(item))}
        empty={<EmptyState {...nothing} />}
      />
      {pager}
    </>
  );
}
