import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useRef } from "react";
import { FieldGroup } from "../../../components/field.tsx";
import { TimeRange } from "../../../components/time-range.tsx";
import { api, client } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { rangeOf } from "../../../lib/time-range.ts";
import { ExportMenu } from "../export-menu.tsx";
import { useFaults } from "../message-words.tsx";
import { MessagePager } from "../message-pager.tsx";
import { QueryForm, storedRanges } from "../query-form.tsx";
import { DeadLetterList } from "./dead-letter-list.tsx";
import type { DeadLettersProps } from "./dead-letter-parts.ts";

const PRESET = "7d";
/** Brokers and browsers differ in their clocks: a range up to now is asked for with this much room. */
const CLOCK_ROOM_MS = 300_000;

export function DeadLettersByTime({ instanceId, group, search, patch, parts }: DeadLettersProps) {
  const t = useT(["dead-letter", "message"]);
  const format = useFormat();
  const queryClient = useQueryClient();
  const { cursor, range, from, to } = search;
  const order = search.order ?? "newest";
  /** When the first page was asked for: those after it belong to the same range. */
  const since = useRef<number>(undefined);
  const spanAt = (now: number) => {
    const span = rangeOf(search, PRESET, now, 1);
    return from !== undefined && to !== undefined ? span : { ...span, to: span.to + CLOCK_ROOM_MS };
  };
  const key = [...api.deadLetter.list.key({ input: { instanceId, group } }), { range, from, to, order, cursor }];
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const now = (cursor === undefined ? undefined : since.current) ?? Date.now();
      since.current = now;
      const span = spanAt(now);
      const page = await api.deadLetter.list.call({ instanceId, group, ...span, order, cursor }, { signal });
      return { ...page, span };
    },
  });
  const faultAt = useFaults(query.error);
  const refresh = () => {
    void queryClient.invalidateQueries({ queryKey: api.deadLetter.list.key({ input: { instanceId, group } }) });
    patch({ cursor: undefined });
  };
  const page = query.data;
  return (
    <>
      <QueryForm label={t("by.time")} busy={query.isFetching} onSubmit={refresh}>
        <FieldGroup label={t("deadBetween")} fault={faultAt("to") ?? faultAt("from")}>
          <TimeRange
            value={search}
            preset={PRESET}
            offer={storedRanges}
            onChange={(next) => patch({ ...next, cursor: undefined })}
          />
        </FieldGroup>
        <FieldGroup label={t("message:order")}>
          <Segmented<"newest" | "oldest">
            size="small"
            value={order}
            options={(["newest", "oldest"] as const).map((value) => ({ value, label: t(`message:orders.${value}`) }))}
            onChange={(value) => patch({ order: value === "oldest" ? value : undefined, cursor: undefined })}
          />
        </FieldGroup>
      </QueryForm>
      <DeadLetterList
        instanceId={instanceId}
        group={group}
        query={query}
        parts={parts}
        filter={page?.span}
        onOpen={(msg) => patch({ msg })}
        onLetRead={() => patch({ let: "read" })}
        onRefresh={refresh}
        summary={
          page?.total === null || page === undefined
            ? t("laterPage")
            : t(page.failures.length > 0 ? "atLeastTotal" : "total", {
                count: Number(page.total),
                total: format.number(BigInt(page.total)),
              })
        }
        action={
          page?.topic.exists === true ? (
            <ExportMenu
              instanceId={instanceId}
              start={(form) => client.deadLetter.export({ instanceId, group, ...spanAt(Date.now()), ...form })}
            />
          ) : null
        }
        pager={
          page === undefined ? null : (
            <MessagePager
              cursor={cursor}
              next={page.cursor}
              newestFirst={order === "newest"}
              onCursor={(at) => patch({ cursor: at })}
            />
          )
        }
        empty={{ title: t("empty.time"), text: t("empty.timeText") }}
      />
    </>
  );
}
