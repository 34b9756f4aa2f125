import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TracedMessage } from "#contract/trace.ts";
import { CopyButton } from "../../../components/copyable.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { TopicLink } from "../../../components/links.tsx";
import { Num } from "../../../components/num.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { TextField } from "../../../components/text-field.tsx";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import { isToldAtField, useFaults } from "../message-words.tsx";
import { filled } from "../query-form.tsx";
import { useDraft } from "../use-draft.ts";
import { TraceForm, type TraceTabProps } from "./trace-form.tsx";
import { TraceNothing } from "./trace-nothing.tsx";
import { DEFAULT_TRACE_TOPIC } from "./trace-search.ts";
import { Broken } from "./trace-view.tsx";

export function TraceByKey(props: TraceTabProps) {
  const { instanceId, search, patch } = props;
  const t = useT("trace");
  const [key, setKey] = useDraft(search.key ?? "");
  const { traceTopic = DEFAULT_TRACE_TOPIC } = search;
  const asked = search.key !== undefined;
  const query = useQuery(
    api.trace.byKey.queryOptions({ input: { instanceId, key: search.key ?? "", traceTopic }, enabled: asked }),
  );
  const faultAt = useFaults(query.error);
  const again = () => void query.refetch();
  const form = (
    <TraceForm {...props} label={t("byKey")} busy={query.isFetching} again={again} asks={() => ({ key: filled(key) })}>
      <div className="rd-message-key">
        <TextField
          label={t("key")}
          value={key}
          onChange={setKey}
          placeholder={t("keyHint")}
          mono
          fault={faultAt("key")}
        />
      </div>
    </TraceForm>
  );
  if (!asked) {
    return (
      <>
        {form}
        <EmptyState title={t("askTitle")} text={t("askKey")} />
      </>
    );
  }
  if (query.isPending) {
    return (
      <>
        {form}
        <PanelSkeleton lines={5} label={t("common:loading")} />
      </>
    );
  }
  if (query.error) {
    return (
      <>
        {form}
        {isToldAtField(query.error) ? null : <ErrorState error={query.error} onRetry={again} />}
      </>
    );
  }
  const { state, messages, failures, cut, broken, brokenMessages } = query.data;
  const onTopic = (other: string) => patch({ traceTopic: other === DEFAULT_TRACE_TOPIC ? undefined : other });
  return (
    <>
      {form}
      <PartialStrip failures={failures} onRetry={again} missing={t("partial")} />
      {cut || brokenMessages > 0 ? (
        <div className="rd-note" data-tone="warn" role="status">
          {cut ? <p>{t("cut")}</p> : null}
          {brokenMessages > 0 ? <p>{t("brokenMessages", { count: brokenMessages })}</p> : null}
        </div>
      ) : null}
      {state === "found" ? (
        <>
          <Messages instanceId={instanceId} messages={messages} traceTopic={search.traceTopic} />
          <Broken broken={broken} />
        </>
      ) : (
        <TraceNothing
          of="key"
          {...{ instanceId, state, traceTopic, failures, topic: undefined, onRetry: again, onTopic }}
        />
      )}
    </>
  );
}

interface MessagesProps {
  instanceId: string;
  messages: readonly TracedMessage[];
  traceTopic: string | undefined;
}

/** The messages that have the key, each leading to its trace. */
function Messages({ instanceId, messages, traceTopic }: MessagesProps) {
  const t = useT("trace");
  return (
    <table className="rd-message-table" aria-label={t("found", { count: messages.length })}>
      <caption role="status">{t("found", { count: messages.length })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("time")}</th>
          <th scope="col">{t("messageId")}</th>
          <th scope="col">{t("topic")}</th>
          <th scope="col">{t("keys")}</th>
          <th scope="col">{t("kind.send")}</th>
          <th scope="col">{t("given")}</th>
          <th scope="col">{t("failed")}</th>
        </tr>
      </thead>
      <tbody>
        {messages.map(({ msgId, topic, keys, at, sends, deliveries, failed }) => (
          <tr key={msgId}>
            <td>
              <Time at={at} ms />
            </td>
            <td>
              <span className="rd-trace-id">
                <Link
                  className="rd-mono"
                  to="/instances/$instanceId/messages/trace"
                  params={{ instanceId }}
                  search={{ id: msgId, traceTopic, topic: topic ?? undefined }}
                >
                  {msgId}
                </Link>
                <CopyButton value={msgId} />
              </span>
            </td>
            <td>{topic === null ? "–" : <TopicLink instanceId={instanceId} topic={topic} />}</td>
            <td className="rd-mono">{keys.join(" ")}</td>
            <td>
              <Num value={sends} />
            </td>
            <td>
              <Num value={deliveries} />
            </td>
            <td className={failed > 0 ? "rd-fault" : undefined}>
              <Num value={failed} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
