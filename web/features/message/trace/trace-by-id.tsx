import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../components/empty-state.tsx";
import { TextField } from "../../../components/text-field.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { useFaults } from "../message-words.tsx";
import { filled } from "../query-form.tsx";
import { useDraft } from "../use-draft.ts";
import { TraceFacts } from "./trace-facts.tsx";
import { TraceForm, type TraceTabProps } from "./trace-form.tsx";
import { DEFAULT_TRACE_TOPIC } from "./trace-search.ts";
import { TraceView } from "./trace-view.tsx";

export function TraceById(props: TraceTabProps) {
  const { instanceId, search, patch } = props;
  const t = useT("trace");
  const [id, setId] = useDraft(search.id ?? "");
  const { topic, traceTopic = DEFAULT_TRACE_TOPIC } = search;
  const asked = search.id !== undefined;
  const query = useQuery(
    api.trace.byMessage.queryOptions({ input: { instanceId, id: search.id ?? "", traceTopic, topic }, enabled: asked }),
  );
  const faultAt = useFaults(query.error);
  // The topic of the way here is that of another message.
  const asks = () => ({ id: filled(id), topic: filled(id) === search.id ? topic : undefined });
  return (
    <>
      <TraceForm {...props} label={t("byId")} busy={query.isFetching} again={() => void query.refetch()} asks={asks}>
        <div className="rd-message-wide">
          <TextField label={t("messageId")} value={id} onChange={setId} mono fault={faultAt("id")} />
        </div>
      </TraceForm>
      {asked ? (
        <>
          {query.data === undefined ? null : <TraceFacts instanceId={instanceId} trace={query.data} />}
          <TraceView
            instanceId={instanceId}
            query={query}
            of="id"
            traceTopic={traceTopic}
            topic={topic}
            onTopic={(other) => patch({ traceTopic: other === DEFAULT_TRACE_TOPIC ? undefined : other })}
          />
        </>
      ) : (
        <EmptyState title={t("askTitle")} text={t("askId")} />
      )}
    </>
  );
}
