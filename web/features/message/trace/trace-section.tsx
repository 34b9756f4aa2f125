import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { MessagePartProps } from "../message-parts.ts";
import { DEFAULT_TRACE_TOPIC } from "./trace-search.ts";
import { TraceView } from "./trace-view.tsx";

/** On the page of a message: what its clients traced. */
export function TraceSection({ instanceId, detail }: MessagePartProps) {
  const t = useT("trace");
  const [traceTopic, setTraceTopic] = useState(DEFAULT_TRACE_TOPIC);
  const topic = detail.realTopic ?? detail.topic;
  const id = detail.msgId;
  const query = useQuery(api.trace.byMessage.queryOptions({ input: { instanceId, id, traceTopic, topic } }));
  return (
    <section aria-label={t("trace")}>
      <h2>{t("trace")}</h2>
      <TraceView
        instanceId={instanceId}
        query={query}
        of="message"
        traceTopic={traceTopic}
        topic={topic}
        onTopic={setTraceTopic}
      />
      <p className="rd-quiet rd-trace-source">
        {t("source", { topic: traceTopic })}{" "}
        <Link
          to="/instances/$instanceId/messages/trace"
          params={{ instanceId }}
          search={{ id, topic, traceTopic: traceTopic === DEFAULT_TRACE_TOPIC ? undefined : traceTopic }}
        >
          {t("otherTopic")}
        </Link>
      </p>
    </section>
  );
}
