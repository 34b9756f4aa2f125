import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useRef, useState } from "react";
import { FieldGroup } from "../../components/field.tsx";
import { TimeRange } from "../../components/time-range.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { rangeOf, type Range } from "../../lib/time-range.ts";
import { GroupField } from "./group-field.tsx";
import { MessagePager } from "./message-pager.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, storedRanges, useRequired, type QueryTabProps } from "./query-form.tsx";
import { LiveResults } from "./live-results.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { useDraft } from "./use-draft.ts";

const PRESET: Range = "24h";
const PAGE = 50;
/** Brokers and browsers differ in their clocks: a range up to now is asked for with this much room. */
const CLOCK_ROOM_MS = 300_000;

const totalKey = ({ atMost, failures }: { atMost: boolean; failures: readonly unknown[] }) =>
  failures.length > 0 ? "readTotal" : atMost ? "atMostTotal" : "exactTotal";

function useBrowse({ instanceId, search, patch }: QueryTabProps) {
  const queryClient = useQueryClient();
  const { topic = "", cursor, range, from, to } = search;
  const order = search.order === "oldest" ? "oldest" : "newest";
  const own = from !== undefined && to !== undefined;
  const asked = { instanceId, topic, order, range, from, to };
  const keyOf = (at: string | undefined) => [...api.message.byTime.key(), { ...asked, cursor: at }];
  /** When the first page was asked for: those after it belong to the same range. */
  const since = useRef<number>(undefined);
  const query = useQuery({
    queryKey: keyOf(cursor),
    queryFn: ({ signal }) => {
      const now = (cursor === undefined ? undefined : since.current) ?? Date.now();
      since.current = now;
      const span = rangeOf(search, PRESET, now, 1);
      const to = own ? span.to : span.to + CLOCK_ROOM_MS;
      return api.message.byTime.call(
        { instanceId, topic, from: span.from, to, order, pageSize: PAGE, cursor },
        { signal },
      );
    },
    enabled: topic !== "" && search.order !== "live",
    placeholderData: (before) => (before?.items[0]?.topic === topic ? before : undefined),
  });
  const fromStart = () => {
    void queryClient.invalidateQueries({ queryKey: keyOf(undefined), exact: true });
    patch({ cursor: undefined });
  };
  return { query, fromStart };
}

export function TimeTab({ instanceId, search, patch, ofTopic }: QueryTabProps) {
  const t = useT("message");
  const format = useFormat();
  const queryClient = useQueryClient();
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const { query, fromStart } = useBrowse({ instanceId, search, patch });
  const faultAt = useFaults(query.error);
  const { tell, faultOf } = useRequired(faultAt);
  const { order = "newest" } = search;
  const [run, setRun] = useState(0);
  const again = () => setRun((before) => before + 1);
  const ask = (of: string) => {
    const named = filled(of);
    if (named === search.topic) (order === "live" ? again : fromStart)();
    else patch({ topic: named, cursor: undefined });
  };
  return (
    <>
      <QueryForm
        label={t("tab.time")}
        busy={query.isFetching}
        onSubmit={() => {
          tell();
          ask(topic);
        }}
        more={
          <>
            <FieldGroup label={t("order")}>
              <Segmented<"newest" | "oldest" | "live">
                size="small"
                value={order}
                options={(["newest", "oldest", "live"] as const).map((value) => ({
                  value,
                  label: t(`orders.${value}`),
                }))}
                onChange={(value) => {
                  // What was read before is older than what was seen live.
                  if (order === "live") queryClient.removeQueries({ queryKey: api.message.byTime.key() });
                  patch({ order: value === "newest" ? undefined : value, cursor: undefined });
                }}
              />
            </FieldGroup>
            {order === "live" ? null : (
              <FieldGroup label={t("storedBetween")} fault={faultAt("to") ?? faultAt("from")}>
                <TimeRange
                  value={search}
                  preset={PRESET}
                  offer={storedRanges}
                  onChange={(range) => patch({ ...range, cursor: undefined })}
                />
              </FieldGroup>
            )}
          </>
        }
      >
        <TopicField
          hidden={ofTopic}
          instanceId={instanceId}
          value={topic}
          onChange={setTopic}
          onPick={ask}
          fault={faultOf("topic", filled(topic))}
        />
        <GroupField instanceId={instanceId} search={search} patch={patch} />
      </QueryForm>
      {order === "live" && search.topic !== undefined ? (
        <LiveResults
          key={`${search.topic} ${run}`}
          instanceId={instanceId}
          topic={search.topic}
          group={search.group}
          onOpen={(msg) => patch({ msg })}
          onAgain={again}
        />
      ) : (
        <Results
          instanceId={instanceId}
          query={query}
          asked={search.topic !== undefined}
          hint={t("hint.time")}
          group={search.group}
          onOpen={(msg) => patch({ msg })}
          onRefresh={fromStart}
          summary={(page) =>
            page.total === null
              ? t("laterPage")
              : t(totalKey(page), { count: Number(page.total), total: format.number(page.total) })
          }
          pager={(page) => (
            <MessagePager
              cursor={search.cursor}
              next={page.cursor}
              newestFirst={order !== "oldest"}
              onCursor={(cursor) => patch({ cursor })}
            />
          )}
          empty={{
            title: t("empty.time"),
            text: t("empty.timeText"),
            action:
              search.range === "7d" || search.range === "all" ? null : (
                <Button onClick={() => patch({ range: "7d", from: undefined, to: undefined, cursor: undefined })}>
                  {t("wholeWeek")}
                </Button>
              ),
          }}
        />
      )}
    </>
  );
}
