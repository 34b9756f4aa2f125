import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageIdsIn } from "#contract/rules/message-id.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { TextField } from "../../components/text-field.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { GroupField } from "./group-field.tsx";
import { useFaults } from "./message-words.tsx";
import { filled, QueryForm, submitWith, type QueryTabProps } from "./query-form.tsx";
import { Results } from "./results.tsx";
import { TopicField } from "./topic-field.tsx";
import { TraceIt } from "./trace-it.tsx";
import { useDraft } from "./use-draft.ts";

export function IdTab({ instanceId, search, patch, ofTopic }: QueryTabProps) {
  const t = useT("message");
  const format = useFormat();
  const [topic, setTopic] = useDraft(search.topic ?? "");
  const [id, setId] = useDraft(search.id ?? "");
  const [choice, setChoice] = useState<string[]>([]);
  const asked = search.id !== undefined;
  const query = useQuery(
    api.message.byId.queryOptions({
      input: { instanceId, id: search.id ?? "", topic: search.topic },
      enabled: asked,
    }),
  );
  const faultAt = useFaults(query.error);
  const again = () => void query.refetch();
  const find = (one: string) => {
    setId(one);
    submitWith(search, patch, { topic: filled(topic), id: filled(one) }, again);
  };
  const submit = () => {
    const ids = messageIdsIn(id, filled(topic));
    if (ids.length > 1) setChoice(ids);
    else {
      if (!choice.includes(ids.join())) setChoice([]);
      find(ids.join());
    }
  };
  const trace = <TraceIt instanceId={instanceId} search={{ id: search.id }} />;
  const isChosen = choice.some((one) => one === search.id);
  const list = <IdChoice ids={choice} chosen={search.id} onChoose={find} />;
  return (
    <>
      <QueryForm label={t("tab.id")} busy={query.isFetching} onSubmit={submit}>
        <div className="rd-message-wide">
          <TextField
            label={t("messageId")}
            value={id}
            onChange={setId}
            placeholder={t("idHint")}
            mono
            fault={faultAt("id")}
          />
        </div>
        <TopicField
          hidden={ofTopic}
          instanceId={instanceId}
          value={topic}
          onChange={setTopic}
          fault={faultAt("topic")}
          optional
        />
        <GroupField
          instanceId={instanceId}
          search={search}
          patch={patch}
          topic={search.topic ?? query.data?.items[0]?.topic}
        />
      </QueryForm>
      {isChosen ? list : null}
      {choice.length > 0 && !isChosen ? (
        <EmptyState title={t("severalIds", { count: choice.length })} text={t("severalIdsText")} action={list} />
      ) : (
        <Results
          instanceId={instanceId}
          query={query}
          asked={asked}
          hint={t("hint.id")}
          group={search.group}
          onOpen={(msg) => patch({ msg })}
          onRefresh={again}
          summary={({ items }) => t("found", { count: items.length, total: format.number(items.length) })}
          empty={{ title: t("empty.id"), text: t("empty.idText"), action: trace }}
        />
      )}
      {asked && isUntold(query.error) ? (
        <EmptyState title={t("idUntold")} text={t("idUntoldText")} action={trace} />
      ) : null}
    </>
  );
}

const untold = ["topic.needed", "topic.unknown", "id.notFound", "id.notAtPlace"];

/** Whether it is an id, and only its message was not found by it, or cannot be. */
const isUntold = (error: unknown): boolean =>
  error !== null && problemOf(error).data.issues?.some(({ message }) => untold.includes(message)) === true;

interface IdChoiceProps {
  ids: string[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

/** The ids of a text, the one marked that is looked for. */
function IdChoice({ ids, chosen, onChoose }: IdChoiceProps) {
  const t = useT("message");
  return (
    <ul className="rd-message-choice" aria-label={t("severalIds", { count: ids.length })}>
      {ids.map((one) => (
        <li key={one}>
          <button
            type="button"
            className="rd-link rd-mono"
            aria-current={one === chosen ? "true" : undefined}
            onClick={() => onChoose(one)}
          >
            {one}
          </button>
        </li>
      ))}
    </ul>
  );
}
