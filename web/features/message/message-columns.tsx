import { Link } from "@tanstack/react-router";
import type { MouseEvent } from "react";
import type { FoundMessage } from "#contract/message.ts";
import { CopyButton } from "../../components/copyable.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { Num } from "../../components/num.tsx";
import { Label } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { useT } from "../../lib/i18n.ts";
import { refOf } from "../../lib/message-ref.ts";
import { StageLabel } from "./message-words.tsx";
import type { Preview } from "./preview-text.ts";
import { Name } from "../../components/name.tsx";

/** Ids of one producer differ at their end. */
const SHORT_ID = 8;

interface ColumnsOf {
  instanceId: string;
  onOpen: (ref: string) => void;
  previewIn: (item: FoundMessage) => Preview;
}

export function useMessageColumns({ instanceId, onOpen, previewIn }: ColumnsOf): Column<FoundMessage>[] {
  const t = useT("message");
  return [
    { key: "storedAt", title: t("storedAt"), render: (item) => <Time at={item.storedAt} ms /> },
    {
      key: "id",
      title: t("messageId"),
      render: (item) => <IdCell instanceId={instanceId} item={item} onOpen={onOpen} />,
    },
    { key: "body", title: t("body"), hideable: t("body"), render: (item) => <PreviewCell preview={previewIn(item)} /> },
    {
      key: "tags",
      title: t("tags"),
      hideable: t("tags"),
      render: (item) => (item.tags === null ? "–" : <Label>{item.tags}</Label>),
    },
    { key: "keys", title: t("keys"), hideable: t("keys"), render: (item) => <Cut text={item.keys.join(" ")} /> },
    {
      key: "properties",
      title: t("ownProperties"),
      hideable: t("ownProperties"),
      render: (item) => <Cut text={item.properties} />,
    },
    { key: "bornAt", title: t("bornAt"), hideable: t("bornAt"), render: (item) => <Time at={item.bornAt} ms /> },
    {
      key: "place",
      title: t("place"),
      hideable: t("place"),
      render: (item) => (
        <span className="rd-num">
          <Name value={item.brokerName} /> · {item.queueId} · <Num value={item.queueOffset} />
        </span>
      ),
    },
    {
      key: "size",
      title: t("size"),
      hideable: t("size"),
      align: "right",
      render: (item) => <Num value={item.bodySize} as="bytes" />,
    },
  ];
}

const plainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

function IdCell({ instanceId, item, onOpen }: Pick<ColumnsOf, "instanceId" | "onOpen"> & { item: FoundMessage }) {
  const ref = refOf(item);
  return (
    <span className="rd-message-id">
      <span className="rd-copyable">
        <Link
          className="rd-mono"
          title={item.msgId}
          aria-label={item.msgId}
          to="/instances/$instanceId/messages/$message"
          params={{ instanceId, message: ref }}
          onClick={(event) => {
            if (!plainClick(event)) return;
            event.preventDefault();
            onOpen(ref);
          }}
        >
          {item.msgId.slice(-SHORT_ID)}
        </Link>
        <CopyButton value={item.msgId} />
      </span>
      <StageLabel message={item} />
    </span>
  );
}

function PreviewCell({ preview }: { preview: Preview }) {
  const t = useT("message");
  if (preview.kind !== "text") return <span className="rd-quiet">{t(`preview.${preview.kind}`)}</span>;
  return (
    <span className="rd-mono rd-ellipsis rd-message-preview" title={preview.text}>
      {preview.text}
    </span>
  );
}

function Cut({ text }: { text: string }) {
  if (text === "") return <span className="rd-quiet">–</span>;
  return (
    <span className="rd-mono rd-ellipsis rd-message-keys" title={text}>
      {text}
    </span>
  );
}
