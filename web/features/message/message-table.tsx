import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import type { Consumption, MessageItem } from "#contract/message.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { GridTable, type Column } from "../../components/grid-table.tsx";
import { Num } from "../../components/num.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { Label } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { refOf } from "../../lib/message-ref.ts";
import { MessageStateTag, StageLabel } from "./message-words.tsx";

interface MessageTableProps {
  instanceId: string;
  items: MessageItem[];
  /** Whose consume states are shown. */
  group: string | undefined;
  /** When the messages were read: read again, their states are too. */
  at: number;
  /** Opens the drawer of a message. */
  onOpen: (ref: string) => void;
  empty: { title: string; text?: ReactNode; action?: ReactNode };
}

/** Consume states of the messages shown, by their reference; asked for once the messages are there, and those known stay until then. */
function useStates({ instanceId, group = "", items, at }: MessageTableProps) {
  const refs = items.map(refOf);
  const messages = items.map(({ topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, tags }) => {
    return { topic, brokerName, queueId, queueOffset, msgId, offsetMsgId, tags };
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
  const stateOf = (item: MessageItem): Consumption | undefined =>
    query.data?.byRef.get(refOf(item)) ?? (query.isError ? NOT_KNOWN : undefined);
  return { stateOf, failures: query.data?.failures ?? [] };
}

const NOT_KNOWN: Consumption = { state: "unknown", committed: null, end: null, subscription: null, deadLetter: null };

const plainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

export function MessageTable(props: MessageTableProps) {
  const { instanceId, items, group, onOpen, empty } = props;
  const t = useT("message");
  const { stateOf, failures } = useStates(props);
  const columns = useColumns(instanceId, group, onOpen, stateOf);
  return (
    <>
      <PartialStrip failures={failures} />
      <GridTable label={t("results")} rowKey={refOf} rows={items} columns={columns} empty={<EmptyState {...empty} />} />
    </>
  );
}

function useColumns(
  instanceId: string,
  group: string | undefined,
  onOpen: (ref: string) => void,
  stateOf: (item: MessageItem) => Consumption | undefined,
): Column<MessageItem>[] {
  const t = useT("message");
  const columns: Column<MessageItem>[] = [
    { key: "storedAt", title: t("storedAt"), render: (item) => <Time at={item.storedAt} ms /> },
    {
      key: "id",
      title: t("messageId"),
      render: (item) => <IdCell instanceId={instanceId} item={item} onOpen={onOpen} />,
    },
    { key: "tags", title: t("tags"), render: (item) => (item.tags === null ? "–" : <Label>{item.tags}</Label>) },
    { key: "keys", title: t("keys"), render: (item) => <Keys keys={item.keys} /> },
    {
      key: "place",
      title: t("place"),
      render: (item) => (
        <span className="rd-num">
          <span className="rd-mono">{item.brokerName}</span> · {item.queueId} · <Num value={item.queueOffset} />
        </span>
      ),
    },
    { key: "size", title: t("size"), align: "right", render: (item) => <Num value={item.bodySize} as="bytes" /> },
  ];
  if (group === undefined) return columns;
  const state: Column<MessageItem> = {
    key: "state",
    title: t("stateOf"),
    render: (item) => {
      const known = stateOf(item);
      return known === undefined ? <span className="rd-quiet">…</span> : <MessageStateTag told={known} />;
    },
  };
  return columns.toSpliced(2, 0, state);
}

function IdCell({
  instanceId,
  item,
  onOpen,
}: {
  instanceId: string;
  item: MessageItem;
  onOpen: (ref: string) => void;
}) {
  const ref = refOf(item);
  return (
    <span className="rd-message-id">
      <span className="rd-copyable">
        <Link
          className="rd-mono"
          title={item.msgId}
          to="/instances/$instanceId/messages/$message"
          params={{ instanceId, message: ref }}
          onClick={(event) => {
            if (!plainClick(event)) return;
            event.preventDefault();
            onOpen(ref);
          }}
        >
          <bdi>{item.msgId}</bdi>
        </Link>
        <CopyButton value={item.msgId} />
      </span>
      <StageLabel message={item} />
    </span>
  );
}

function Keys({ keys }: { keys: string[] }) {
  const text = keys.join(" ");
  if (text === "") return "–";
  return (
    <span className="rd-mono rd-ellipsis rd-message-keys" title={text}>
      {text}
    </span>
  );
}
