import "../message.css";
import "./trace.css";
import type { UseQueryResult } from "@tanstack/react-query";
import type { MessageTrace, TraceBroken } from "#contract/trace.ts";
import { Copyable } from "../../../components/copyable.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { Time } from "../../../components/time.tsx";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { isToldAtField } from "../message-words.tsx";
import { GrpcNote, TraceNothing } from "./trace-nothing.tsx";
import { TraceTimeline } from "./trace-timeline.tsx";

interface TraceViewProps {
  instanceId: string;
  query: UseQueryResult<MessageTrace>;
  /** A message that is there, or an id that somebody typed. */
  of: "message" | "id";
  traceTopic: string;
  /** Of the message, where it is known without the trace. */
  topic: string | undefined;
  onTopic: (traceTopic: string) => void;
}

/** The trace of one message in all its states. */
export function TraceView({ instanceId, query, of, traceTopic, topic, onTopic }: TraceViewProps) {
  const t = useT("trace");
  const onRetry = () => void query.refetch();
  if (query.isPending) return <PanelSkeleton lines={5} label={t("common:loading")} />;
  if (query.error)
    return isToldAtField(query.error) ? null : <ErrorState error={query.error} onRetry={onRetry} inline />;
  const trace = query.data;
  const { state, failures, sends, groups } = trace;
  const about = sends.find((send) => send.topic !== null)?.topic ?? topic;
  return (
    <div className="rd-trace">
      <PartialStrip failures={failures} onRetry={onRetry} missing={t("partial")} />
      {state === "found" ? (
        <>
          <TraceTimeline instanceId={instanceId} trace={trace} />
          <Notes trace={trace} />
          {sends.length === 0 ? <p className="rd-quiet">{t("noSend")}</p> : null}
          {groups.length === 0 ? <p className="rd-quiet">{t("noDelivery")}</p> : null}
          <Broken broken={trace.broken} />
          <GrpcNote instanceId={instanceId} topic={about} />
        </>
      ) : (
        <TraceNothing {...{ instanceId, state, of, traceTopic, failures, topic, onRetry, onTopic }} />
      )}
    </div>
  );
}

/** What to know before the times are believed. */
function Notes({ trace }: { trace: MessageTrace }) {
  const t = useT("trace");
  const format = useFormat();
  const { skew, cut, brokenMessages } = trace;
  const notes = [
    ...skew.map(({ kind, client, byMs }) => t(`skew.${kind}`, { client, by: format.duration(byMs) })),
    ...(cut ? [t("cut")] : []),
    ...(brokenMessages > 0 ? [t("brokenMessages", { count: brokenMessages })] : []),
  ];
  if (notes.length === 0) return null;
  return (
    <div className="rd-note" data-tone="warn" role="status">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </div>
  );
}

const BROKEN_SHOWN = 20;

/** Records that cannot be read, as they are. */
export function Broken({ broken }: { broken: readonly TraceBroken[] }) {
  const t = useT("trace");
  if (broken.length === 0) return null;
  return (
    <section aria-label={t("brokenTitle")}>
      <h3>{t("broken", { count: broken.length })}</h3>
      <ul className="rd-trace-broken">
        {broken.slice(0, BROKEN_SHOWN).map((record, index) => (
          <li key={`${record.recordedAt} ${index}`}>
            <Time at={record.recordedAt} ms /> <span className="rd-quiet">{record.own ? null : t("brokenOther")}</span>{" "}
            <Copyable value={record.text} />
          </li>
        ))}
      </ul>
    </section>
  );
}
