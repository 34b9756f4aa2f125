import { Link } from "@tanstack/react-router";
import { Suspense, type MouseEvent } from "react";
import type { DeadLetter } from "#contract/dead-letter.ts";
import { CopyButton } from "../../../components/copyable.tsx";
import { TopicLink } from "../../../components/links.tsx";
import type { Column } from "../../../components/grid-table.tsx";
import { Num } from "../../../components/num.tsx";
import { Time } from "../../../components/time.tsx";
import { useT } from "../../../lib/i18n.ts";
import { refOf } from "../../../lib/message-ref.ts";
import type { DeadLetterParts } from "./dead-letter-parts.ts";

/** Ids of one producer differ at their end. */
const SHORT_ID = 8;

interface ColumnsOf extends Pick<DeadLetterParts, "SentAgain"> {
  instanceId: string;
  group: string;
  items: DeadLetter[];
  onOpen: (ref: string) => void;
}

export function useDeadLetterColumns({ instanceId, group, items, SentAgain, onOpen }: ColumnsOf): Column<DeadLetter>[] {
  const t = useT("dead-letter");
  return [
    { key: "storedAt", title: t("deadSince"), render: (item) => <Time at={item.storedAt} /> },
    { key: "id", title: t("originId"), render: (item) => <OriginId {...{ instanceId, item, onOpen }} /> },
    {
      key: "topic",
      title: t("originTopic"),
      render: ({ origin }) =>
        origin.topic === null ? "–" : <TopicLink instanceId={instanceId} topic={origin.topic} />,
    },
    ...(SentAgain === undefined
      ? []
      : [
          {
            key: "again",
            title: t("sentAgain"),
            hideable: t("sentAgain"),
            render: (letter: DeadLetter) => (
              <Suspense fallback={null}>
                <SentAgain {...{ instanceId, group, letters: items, letter }} />
              </Suspense>
            ),
          },
        ]),
    { key: "bornAt", title: t("born"), hideable: t("born"), render: ({ origin }) => <Time at={origin.bornAt} /> },
    {
      key: "retries",
      title: t("retries"),
      hideable: t("retries"),
      align: "right",
      render: ({ retries }) => <Num value={retries} />,
    },
    {
      key: "keys",
      title: t("keys"),
      hideable: t("keys"),
      render: ({ keys }) =>
        keys.length === 0 ? (
          "–"
        ) : (
          <span className="rd-mono rd-ellipsis rd-message-keys" title={keys.join(" ")}>
            {keys.join(" ")}
          </span>
        ),
    },
    {
      key: "keptUntil",
      title: t("keptUntil"),
      hideable: t("keptUntil"),
      render: ({ keptUntil }) => <Time at={keptUntil} />,
    },
    {
      key: "host",
      title: t("host"),
      hideable: t("host"),
      render: ({ origin }) => (origin.bornHost === null ? "–" : <span className="rd-mono">{origin.bornHost}</span>),
    },
    {
      key: "own",
      title: t("place"),
      hideable: t("place"),
      render: (item) => (
        <span className="rd-num">
          {item.brokerName} · {item.queueId} · <Num value={item.queueOffset} />
        </span>
      ),
    },
  ];
}

const plainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

function OriginId({ instanceId, item, onOpen }: Pick<ColumnsOf, "instanceId" | "onOpen"> & { item: DeadLetter }) {
  const ref = refOf(item);
  const id = item.origin.msgId ?? item.msgId;
  return (
    <span className="rd-message-id rd-copyable">
      <Link
        className="rd-mono"
        title={id}
        aria-label={id}
        to="/instances/$instanceId/messages/$message"
        params={{ instanceId, message: ref }}
        onClick={(event) => {
          if (!plainClick(event)) return;
          event.preventDefault();
          onOpen(ref);
        }}
      >
        {id.slice(-SHORT_ID)}
      </Link>
      <CopyButton value={id} />
    </span>
  );
}
