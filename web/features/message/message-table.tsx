import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Consumption, FoundMessage } from "#contract/message.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { GridTable, type Column } from "../../components/grid-table.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { refOf } from "../../lib/message-ref.ts";
import { MessageStateTag } from "./message-words.tsx";

interface MessageTableProps {
  instanceId: string;
  items: FoundMessage[];
  /** Those and the ones that a filter leaves out, whose states are asked for together. */
  all: FoundMessage[];
  columns: Column<FoundMessage>[];
  /** Whose consume states are shown. */
  group: string | undefined;
  /** When the messages were read: read again, their states are too. */
  at: number;
  /** Opens the drawer of a message. */
  onOpen: (ref: string) => void;
  empty: { title: string; text?: ReactNode; action?: ReactNode };
}

const NOT_KNOWN: Consumption = {
  state: "unknown",
  certain: false,
  evidence: [],
  wouldTell: "answers",
  committed: null,
  end: null,
  subscription: null,
  deadLetter: null,
};

/** What is known of the messages shown, by their reference; asked for once the messages are there, and what is known stays until then. */
function useStates({ instanceId, group = "", all: items, at }: Omit<MessageTableProps, "columns">) {
  const refs = items.map(refOf);
  const messages = items.map(({ topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags }) => {
    return { topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, storedAt, tags };
  });
  const input = { instanceId, group, messages };
  const query = useQuery({
    queryKey: [...api.message.states.queryKey({ input }), at],
    queryFn: async ({ signal }) => {
      const { states, failures } = await api.message.states.call(input, { signal });
      return { group, failures, byRef: new Map(refs.map((ref, index) => [ref, states[index]])) };
    },
    enabled: group !== "" && refs.length > 0,
    placeholderData: (before) => (before?.group === group ? before : undefined),
  });
  const stateOf = (item: FoundMessage): Consumption | undefined =>
    query.data?.byRef.get(refOf(item)) ?? (query.isError ? NOT_KNOWN : undefined);
  return { stateOf, query };
}

export function MessageTable({ columns, ...props }: MessageTableProps) {
  const { items, group, onOpen, empty } = props;
  const t = useT("message");
  const { stateOf, query } = useStates(props);
  const state: Column<FoundMessage> = {
    key: "state",
    title: t("stateOf"),
    render: (item) => {
      const known = stateOf(item);
      return known === undefined ? <span className="rd-quiet">…</span> : <MessageStateTag told={known} />;
    },
  };
  return (
    <>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} inline />
      ) : (
        <PartialStrip failures={query.data?.failures ?? []} />
      )}
      <GridTable
        label={t("results")}
        rowKey={refOf}
        rows={items}
        columns={group === undefined ? columns : columns.toSpliced(2, 0, state)}
        onOpen={(item) => onOpen(refOf(item))}
        empty={<EmptyState {...empty} />}
      />
    </>
  );
}
