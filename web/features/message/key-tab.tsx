import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { FieldGroup } from "../../components/field.tsx";
import { LinkButton } from "../../components/link-button.tsx";
import { TextField } from "../../components/text-field.tsx";
import { TimeRange } from "../../components/time-range.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { rangeOf, type Range } from "../../lib/time-range.ts";
import { GroupField } from "./group-field.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, storedRanges, submitWith, useRequired, type QueryTabProps } from "./query-form.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { TraceIt } from "./trace-it.tsx";
import { useDraft } from "./use-draft.ts";

/** Who has a key seldom knows when, and brokers find it by an index. */
const PRESET: Range = "all";
const anyTime = { range: undefined, from: undefined, to: undefined };

function useByKey({ instanceId, search }: Pick<QueryTabProps, "instanceId" | "search">) {
  const { topic = "", key = "", range, from, to } = search;
  return useQuery({
    queryKey: [...api.message.byKey.key(), { instanceId, topic, key, range, from, to }],
    queryFn: ({ signal }) => {
      const stored = {
        from: rangeOf(search, PRESET, Date.now(), 1).from,
        // Brokers and browsers differ in their clocks, so that only an own range has an end.
        to: from === undefined ? undefined : to,
      };
      return api.message.byKey.call({ instanceId, topic, key, ...stored }, { signal });
    },
    enabled: topic !== "" && key !== "",
  });
}

export function KeyTab({ instanceId, search, patch, ofTopic }: QueryTabProps) {
  const t = useT("message");
  const format = useFormat();
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [key, setKey] = useDraft(search.key ?? "");
  const query = useByKey({ instanceId, search });
  const faultAt = useFaults(query.error);
  const { tell, faultOf } = useRequired(faultAt);
  const own = search.from !== undefined && search.to !== undefined;
  const limited = own || (search.range ?? PRESET) !== "all";
  const asked = search.topic !== undefined && search.key !== undefined;
  const again = () => void (asked && query.refetch());
  const submit = () => {
    tell();
    submitWith(search, patch, { topic: filled(topic), key: filled(key) }, again);
  };
  return (
    <>
      <QueryForm
        label={t("tab.key")}
        busy={query.isFetching}
        more={
          <FieldGroup label={t("storedBetween")} fault={faultAt("to") ?? faultAt("from")}>
            <TimeRange value={search} preset={PRESET} offer={storedRanges} onChange={patch} />
          </FieldGroup>
        }
        onSubmit={submit}
      >
        <TopicField
          hidden={ofTopic}
          instanceId={instanceId}
          value={topic}
          onChange={setTopic}
          fault={faultOf("topic", filled(topic))}
        />
        <div className="rd-message-key">
          <TextField
            label={t("key")}
            value={key}
            onChange={setKey}
            placeholder={t("keyHint")}
            mono
            fault={faultOf("key", filled(key))}
          />
        </div>
        <GroupField instanceId={instanceId} search={search} patch={patch} />
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
          action: (
            <div className="rd-message-next">
              {limited ? <Button onClick={() => patch(anyTime)}>{t("anyTime")}</Button> : null}
              <ScanForKey instanceId={instanceId} search={search} />
              <TraceIt instanceId={instanceId} search={{ tab: "key", key: search.key }} />
            </div>
          ),
        }}
      />
    </>
  );
}

/** Bodies may hold what is no key of its message: goes through those of the same topic and time. */
function ScanForKey({ instanceId, search }: Pick<QueryTabProps, "instanceId" | "search">) {
  const t = useT("message");
  const { topic, key = "", range = PRESET, from, to } = search;
  // A text of CEL is escaped as one of JSON.
  const filter = `body.text.contains(${JSON.stringify(key)})`;
  return (
    <LinkButton
      to="/instances/$instanceId/messages/scan"
      params={{ instanceId }}
      search={{ topic, range, from, to, filter }}
    >
      {t("scanBodies")}
    </LinkButton>
  );
}
