import { Button, Input } from "antd";
import { useMemo, useState, type ReactNode } from "react";
import type { FoundMessage } from "#contract/message.ts";
import { ColumnChoice, useHiddenColumns } from "../../components/column-choice.tsx";
import { Toolbar } from "../../components/toolbar.tsx";
import { useT } from "../../lib/i18n.ts";
import { refOf } from "../../lib/message-ref.ts";
import { MessageTable } from "./message-table.tsx";
import { useMessageColumns } from "./message-columns.tsx";
import { matches, previewOf, type Preview } from "./preview-text.ts";

interface FoundListProps {
  instanceId: string;
  items: FoundMessage[];
  /** Whose consume states are shown. */
  group: string | undefined;
  /** When the messages were read: read again, their states are too. */
  at: number;
  /** Opens the drawer of a message. */
  onOpen: (ref: string) => void;
  /** What was found, on the left over the table. */
  summary: ReactNode;
  /** On the right: how fresh it is. */
  right: ReactNode;
  /** Between the two: what to know before it is read. */
  notes?: ReactNode;
  empty: { title: string; text?: ReactNode; action?: ReactNode };
}

/** Messages with what they say in short, filtered over what is here. */
export function FoundList({ instanceId, items, group, at, onOpen, summary, right, notes, empty }: FoundListProps) {
  const t = useT("message");
  const [typed, setTyped] = useState("");
  const hidden = useHiddenColumns("messages", "properties,bornAt");
  const previews = useMemo(() => new Map(items.map((item) => [refOf(item), previewOf(item.head)])), [items]);
  const previewIn = (item: FoundMessage): Preview => previews.get(refOf(item)) ?? { kind: "empty" };
  const shown = typed.trim() === "" ? items : items.filter((item) => matches(item, previewIn(item), typed));
  const columns = useMessageColumns({ instanceId, onOpen, previewIn });
  const nothing = {
    title: t("filter.nothing"),
    text: t("filter.hint"),
    action: <Button onClick={() => setTyped("")}>{t("filter.clear")}</Button>,
  };
  return (
    <>
      <Toolbar
        right={
          <>
            {right}
            <ColumnChoice columns={columns} hidden={hidden} />
          </>
        }
      >
        <Input
          size="small"
          className="rd-message-filter"
          allowClear
          aria-label={t("filter.label")}
          placeholder={t("filter.label")}
          title={t("filter.hint")}
          value={typed}
          maxLength={255}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="rd-toolbar-count" role="status">
          {shown.length === items.length ? summary : t("filter.shown", { count: shown.length, of: items.length })}
        </span>
      </Toolbar>
      {notes}
      <MessageTable
        instanceId={instanceId}
        items={shown}
        all={items}
        group={group}
        at={at}
        onOpen={onOpen}
        columns={columns.filter(({ key }) => !hidden.keys.has(key))}
        empty={items.length > 0 ? nothing : empty}
      />
    </>
  );
}
