import { useQuery } from "@tanstack/react-query";
import { TextField } from "../../components/text-field.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { GroupField } from "./group-field.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, submitWith, type QueryTabProps } from "./query-form.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { useDraft } from "./use-draft.ts";

export function KeyTab({ instanceId, search, patch }: QueryTabProps) {
  const t = useT("message");
  const format = useFormat();
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [key, setKey] = useDraft(search.key ?? "");
  const asked = search.topic !== undefined && search.key !== undefined;
  const query = useQuery(
    api.message.byKey.queryOptions({
      input: { instanceId, topic: search.topic ?? "", key: search.key ?? "" },
      enabled: asked,
    }),
  );
  const faultAt = useFaults(query.error);
  const again = () => void query.refetch();
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
        summary={({ items, capped }) => (
          <>
            {t("found", { count: items.length, total: format.number(items.length) })}
            {capped ? ` · ${t("capped")}` : null}
          </>
        )}
        empty={{ title: t("empty.key"), text: t("empty.keyText") }}
      />
    </>
  );
}
