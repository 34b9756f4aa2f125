import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useState } from "react";
import type { Failure } from "#contract/list.ts";
import type { TraceState } from "#contract/trace.ts";
import { CopyButton } from "../../../components/copyable.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { GroupLink } from "../../../components/links.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { hasFixedTopic, TRACING_CLIENTS, tracingCode, type TracingClient } from "./trace-code.ts";
import { DEFAULT_TRACE_TOPIC } from "./trace-search.ts";

interface NothingProps {
  instanceId: string;
  state: Exclude<TraceState, "found">;
  /** What was looked for: a message that is there, or what somebody typed. */
  of: "message" | "id" | "key";
  traceTopic: string;
  failures: readonly Failure[];
  /** Of the message, if known. */
  topic: string | undefined;
  onRetry: () => void;
  /** Reads another trace topic. */
  onTopic: (traceTopic: string) => void;
}

/** Why there is no trace: each of the three reasons has its own text and its own way on. */
export function TraceNothing({ instanceId, state, of, traceTopic, failures, topic, onRetry, onTopic }: NothingProps) {
  const t = useT("trace");
  if (state === "unreadable") {
    const isOff = failures.some(({ code }) => code === "INDEX_DISABLED");
    return (
      <EmptyState
        title={t("unreadable")}
        text={isOff ? t("unreadableIndex") : t("unreadableText")}
        action={<Button onClick={onRetry}>{t("common:retry")}</Button>}
      />
    );
  }
  const isDefault = traceTopic === DEFAULT_TRACE_TOPIC;
  return (
    <>
      <EmptyState
        title={state === "noTopic" ? t("noTopic", { topic: traceTopic }) : t(`none.${of}`)}
        text={
          state === "noTopic"
            ? t(isDefault ? "noTopicText" : "noTopicOwnText")
            : t(`noneText.${of}`, { topic: traceTopic })
        }
        action={<OtherTopics instanceId={instanceId} traceTopic={traceTopic} onTopic={onTopic} />}
      />
      {state === "none" ? (
        <>
          <TracingCode traceTopic={traceTopic} />
          <GrpcNote instanceId={instanceId} topic={topic} general />
        </>
      ) : null}
    </>
  );
}

function OtherTopics({ instanceId, traceTopic, onTopic }: Pick<NothingProps, "instanceId" | "traceTopic" | "onTopic">) {
  const t = useT("trace");
  const { data } = useQuery(api.trace.topics.queryOptions({ input: { instanceId }, staleTime: 30_000 }));
  const others = data?.topics.filter((one) => one !== traceTopic) ?? [];
  if (others.length === 0) return null;
  return (
    <div className="rd-trace-others">
      {others.map((one) => (
        <Button key={one} onClick={() => onTopic(one)}>
          {t("readOther", { topic: one })}
        </Button>
      ))}
    </div>
  );
}

/** The lines that switch tracing on. */
function TracingCode({ traceTopic }: { traceTopic: string }) {
  const t = useT("trace");
  const [client, setClient] = useState<TracingClient>("Java");
  const code = tracingCode(client, traceTopic);
  return (
    <section className="rd-body rd-trace-code" aria-label={t("switchOn")}>
      <div className="rd-body-head">
        <Segmented
          size="small"
          aria-label={t("clientLanguage")}
          value={client}
          options={[...TRACING_CLIENTS]}
          onChange={setClient}
        />
        <CopyButton value={code} />
      </div>
      <pre className="rd-mono">{code}</pre>
      {hasFixedTopic(client) ? <p className="rd-quiet">{t("fixedTopic")}</p> : null}
    </section>
  );
}

interface GrpcNoteProps {
  instanceId: string;
  topic: string | undefined;
  /** Says that of gRPC clients in general where none is known. */
  general?: boolean;
}

/** Groups of the topic whose clients write no records whatever they are told. */
export function GrpcNote({ instanceId, topic = "", general = false }: GrpcNoteProps) {
  const t = useT("trace");
  const { data } = useQuery(
    api.trace.clients.queryOptions({ input: { instanceId, topic }, enabled: topic !== "", staleTime: 30_000 }),
  );
  const groups = data?.grpcGroups ?? [];
  if (groups.length === 0) return general ? <p className="rd-quiet">{t("grpc")}</p> : null;
  return (
    <p className="rd-quiet">
      {t("grpcGroups", { count: groups.length })}{" "}
      {groups.map((group) => (
        <span key={group} className="rd-trace-group">
          <GroupLink instanceId={instanceId} group={group} />
        </span>
      ))}
    </p>
  );
}
