import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "../../../components/error-state.tsx";
import { KeyFacts } from "../../../components/key-facts.tsx";
import { MessageLink, TopicLink } from "../../../components/links.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useT } from "../../../lib/i18n.ts";
import type { MessagePartProps } from "../message-parts.ts";

/** Of a dead letter: the message that it was, and the way there. */
export function OriginalSection({ instanceId, detail }: MessagePartProps) {
  if (detail.stage !== "dlq") return null;
  return <Original instanceId={instanceId} detail={detail} />;
}

function Original({ instanceId, detail }: Pick<MessagePartProps, "instanceId" | "detail">) {
  const t = useT("dead-letter");
  const { topic, brokerName, queueId, queueOffset } = detail;
  const query = useQuery(
    api.deadLetter.original.queryOptions({ input: { instanceId, topic, brokerName, queueId, queueOffset } }),
  );
  return (
    <section aria-label={t("original")}>
      <h2>{t("original")}</h2>
      {query.isPending ? (
        <PanelSkeleton lines={2} label={t("common:loading")} />
      ) : query.data === undefined ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} inline />
      ) : (
        <>
          <PartialStrip failures={query.data.failures} onRetry={() => void query.refetch()} />
          <KeyFacts
            dense
            facts={[
              {
                label: t("originTopic"),
                value:
                  query.data.origin.topic === null ? (
                    "–"
                  ) : (
                    <TopicLink instanceId={instanceId} topic={query.data.origin.topic} />
                  ),
              },
              {
                label: t("original"),
                value:
                  query.data.place === null ? (
                    t(`why.${query.data.why ?? "notKnown"}`)
                  ) : (
                    <MessageLink
                      instanceId={instanceId}
                      place={query.data.place}
                      id={query.data.origin.msgId ?? query.data.place.queueOffset}
                    />
                  ),
              },
              { label: t("born"), value: <Time at={query.data.origin.bornAt} ms />, title: t("bornText") },
              { label: t("host"), value: query.data.origin.bornHost ?? "–", title: t("hostText") },
            ]}
          />
        </>
      )}
    </section>
  );
}
