import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { FieldGroup } from "../../components/field.tsx";
import { TextField } from "../../components/text-field.tsx";
import { TimeRange } from "../../components/time-range.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { rangeOf, type Range } from "../../lib/time-range.ts";
import { GroupField } from "./group-field.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, storedRanges, submitWith, type QueryTabProps } from "./query-form.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { useDraft } from "./use-draft.ts";

/** Who has a key seldom knows when, and brokers find it by an index. */
const PRESET: Range = "all";
const anyTime = { range: undefined, from: undefined, to: undefined };

/** Brokers and browsers differ in their clocks, so that only an own range has an end. */
function useStored(search: QueryTabProps["search"]) {
  const [now, setNow] = useState(Date.now);
  const { from } = rangeOf(search, PRESET, now, 1);
  return { stored: { from, to: search.from === undefined ? undefined : search.to }, now: () => setNow(Date.now()) };
}

export function KeyTab({ instanceId, search, patch }: QueryTabProps) {
  const t = useT("message");
  const format = useFormat();
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [key, setKey] = useDraft(search.key ?? "");
  const { stored, now } = useStored(search);
  const asked = search.topic !== undefined && search.key !== undefined;
  const query = useQuery(
    api.message.byKey.queryOptions({
      input: { instanceId, topic: search.topic ?? "", key: search.key ?? "", ...stored },
      enabled: asked,
    }),
  );
  const faultAt = useFaults(query.error);
  const limited = stored.from > 0;
  const again = () => {
    if (limited && search.from === undefined) now();
    else void query.refetch();
  };
  return (
    <>
      <QueryForm
        label={t("tab.key")}
        busy={query.isFetching}
        onSubmit={() => submitWith(search, patch, { topic: filled(topic), key: filled(key) }, again)}
      >
        <TopicField instanceId={instanceId} value={topic} onChange={setTopic} fault={faultAt("topic")} />
        <TextField
          label={t("key")}
          value={key}
          onChange={setKey}
          placeholder={t("keyHint")}
          mono
          fault={faultAt("key")}
        />
        <FieldGroup label={t("storedBetween")} fault={faultAt("to") ?? faultAt("from")}>
          <TimeRange value={search} preset={PRESET} offer={storedRanges} onChange={patch} />
        </FieldGroup>
        <GroupField
          instanceId={instanceId}
          topic={search.topic}
          value={search.group}
          onChange={(group) => patch({ group })}
        />
      </QueryForm>
      <Results
        instanceId={instanceId}
        query={query}
        asked={asked}
        hint={t("hint.key")}
        group={search.group}
        onOpen={(msg) => patch({ msg })}
        onRefresh={again}
        summary={({ items }) => t("found", { count: items.length, total: format.number(items.length) })}
        note={({ capped }) => (capped ? t("capped") : null)}
        empty={{
          title: t(limited ? "empty.keyInRange" : "empty.key"),
          text: t("empty.keyText"),
          action: limited ? <Button onClick={() => patch(anyTime)}>{t("anyTime")}</Button> : null,
        }}
      />
    </>
  );
}
