import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { ReactNode } from "react";
import { NameSuggest } from "../../../components/name-suggest.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { Patch } from "../../../lib/search.ts";
import { useDraft } from "../use-draft.ts";
import { DEFAULT_TRACE_TOPIC, type TraceSearch } from "./trace-search.ts";

/** What each way to look for traces is given. */
export interface TraceTabProps {
  instanceId: string;
  search: TraceSearch;
  patch: Patch<TraceSearch>;
}

interface TraceFormProps extends TraceTabProps {
  label: string;
  busy: boolean;
  /** What is asked for, from what was typed. */
  asks: () => Partial<TraceSearch>;
  /** The same once more. */
  again: () => void;
  children: ReactNode;
}

/** What to look for, and in which trace topic: one of the cluster's, or any that is typed. */
export function TraceForm({ instanceId, search, patch, label, busy, asks, again, children }: TraceFormProps) {
  const t = useT("trace");
  const [topic, setTopic] = useDraft(search.traceTopic ?? DEFAULT_TRACE_TOPIC);
  const { data } = useQuery(api.trace.topics.queryOptions({ input: { instanceId }, staleTime: 30_000 }));
  const submit = () => {
    const typed = topic.trim();
    const traceTopic = typed === "" || typed === DEFAULT_TRACE_TOPIC ? undefined : typed;
    const changes: Partial<TraceSearch> = { ...asks(), traceTopic };
    const before: Partial<Record<string, unknown>> = search;
    if (Object.entries(changes).some(([key, value]) => before[key] !== value)) patch(changes);
    else again();
  };
  return (
    <form
      className="rd-message-form"
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
      <NameSuggest
        label={t("traceTopic")}
        names={data?.topics}
        value={topic}
        onChange={setTopic}
        placeholder={DEFAULT_TRACE_TOPIC}
        className="rd-trace-topic"
      />
      <Button type="primary" htmlType="submit" className="rd-message-submit" loading={busy}>
        {t("query")}
      </Button>
    </form>
  );
}
