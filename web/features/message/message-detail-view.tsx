import "./message.css";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Suspense } from "react";
import type { MessageDetail, MessagePlace } from "#contract/message.ts";
import { Copyable } from "../../components/copyable.tsx";
import { CutId } from "../../components/cut.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts, type Fact } from "../../components/key-facts.tsx";
import { TopicLink } from "../../components/links.tsx";
import { Num } from "../../components/num.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { MessageBodySection } from "./message-body.tsx";
import { MessageGroups } from "./message-groups.tsx";
import type { MessageParts } from "./message-parts.ts";
import { MessageProperties } from "./message-properties.tsx";
import { placeOf, refOf } from "../../lib/message-ref.ts";
import { problemOf } from "../../lib/problem.ts";
import { visible } from "../../lib/visible.ts";
import { StageLabel, useFaults, useStageText } from "./message-words.tsx";
import { Name } from "../../components/name.tsx";

interface MessageDetailViewProps {
  instanceId: string;
  /** As `message-ref.ts` writes it. */
  message: string;
  /** Shown first among the groups. */
  group: string | undefined;
  parts: MessageParts;
  onMove: (ref: string) => void;
}

/** All that is stored with a message, and what became of it. */
export function MessageDetailView({ instanceId, message, ...others }: MessageDetailViewProps) {
  const t = useT("message");
  const place = placeOf(message);
  if (place === undefined) return <EmptyState title={t("badLink")} text={t("badLinkText")} />;
  return <Placed instanceId={instanceId} place={place} {...others} />;
}

interface PlacedProps extends Omit<MessageDetailViewProps, "message"> {
  place: MessagePlace;
}

function Placed({ instanceId, place, group, parts, onMove }: PlacedProps) {
  const t = useT("message");
  const query = useQuery(
    api.message.get.queryOptions({ input: { instanceId, ...place }, placeholderData: keepPreviousData }),
  );
  const faultAt = useFaults(query.error);
  if (query.isPending) return <PanelSkeleton lines={10} label={t("common:loading")} />;
  if (query.error) {
    return (
      <>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        <p className="rd-quiet rd-message-fault">{faultAt("queueOffset")}</p>
        {isGone(query.error, place) ? (
          <section aria-label={t("consumption")}>
            <h2>{t("consumption")}</h2>
            <MessageGroups instanceId={instanceId} place={place} group={group} />
          </section>
        ) : null}
      </>
    );
  }
  const detail = query.data;
  return (
    <article className="rd-message" aria-label={detail.msgId} aria-busy={query.isPlaceholderData}>
      <Stage detail={detail} />
      {detail.queue === "open" ? null : (
        <p className="rd-note" data-tone="warn">
          {t(`queueShut.${detail.queue}`, { broker: detail.brokerName, queue: detail.queueId })}
        </p>
      )}
      <div className="rd-message-actions">
        <InQueue instanceId={instanceId} detail={detail} onMove={onMove} />
        {parts.actions.map((Action, index) => (
          <Suspense key={index} fallback={null}>
            <Action instanceId={instanceId} detail={detail} group={group} />
          </Suspense>
        ))}
      </div>
      <div className="rd-message-sides">
        <div>
          <section aria-label={t("body")}>
            <h2>{t("body")}</h2>
            <MessageBodySection instanceId={instanceId} detail={detail} />
          </section>
          <section aria-label={t("consumption")}>
            <h2>{t("consumption")}</h2>
            <MessageGroups instanceId={instanceId} place={place} message={detail} group={group} />
          </section>
        </div>
        <MainFacts instanceId={instanceId} detail={detail} />
      </div>
      {parts.sections.map((Section, index) => (
        <Suspense key={index} fallback={<PanelSkeleton lines={3} label={t("common:loading")} />}>
          <Section instanceId={instanceId} detail={detail} group={group} />
        </Suspense>
      ))}
      <section aria-label={t("properties")}>
        <h2>{t("properties")}</h2>
        <MessageProperties properties={detail.properties} />
      </section>
      <section aria-label={t("record")}>
        <h2>{t("record")}</h2>
        <RecordFacts detail={detail} />
      </section>
    </article>
  );
}

/** Whether retention has taken it: its queue begins after it. */
function isGone(error: unknown, { queueOffset }: MessagePlace): boolean {
  const min = problemOf(error).data.params?.["min"];
  return typeof min === "string" && BigInt(queueOffset) < BigInt(min);
}

function Stage({ detail }: { detail: MessageDetail }) {
  const t = useT("message");
  const format = useFormat();
  const stageText = useStageText();
  const { stage, dueAt } = detail;
  if (stage === "stored" && dueAt === null) return null;
  return (
    <p className="rd-note" data-tone={stage === "dlq" ? "warn" : undefined}>
      {stage === "stored" ? null : `${stageText(detail)} `}
      {dueAt === null ? null : t("dueAt", { time: format.time(dueAt, { ms: true }) })}
    </p>
  );
}

/** Where it lies, and the ways to its neighbours. */
function InQueue({
  instanceId,
  detail,
  onMove,
}: {
  instanceId: string;
  detail: MessageDetail;
  onMove: (ref: string) => void;
}) {
  const t = useT("message");
  const offset = BigInt(detail.queueOffset);
  const at = (queueOffset: bigint) => () => onMove(refOf({ ...detail, queueOffset: queueOffset.toString() }));
  return (
    <nav className="rd-message-queue-nav" aria-label={t("inQueue")}>
      <Button size="small" disabled={offset <= BigInt(detail.minOffset)} onClick={at(offset - 1n)}>
        {t("previous")}
      </Button>
      <Button size="small" disabled={offset + 1n >= BigInt(detail.maxOffset)} onClick={at(offset + 1n)}>
        {t("next")}
      </Button>
      {detail.queue === "open" ? (
        <Link
          to="/instances/$instanceId/messages"
          params={{ instanceId }}
          search={{
            tab: "offset",
            topic: detail.topic,
            broker: detail.brokerName,
            queue: detail.queueId,
            offset: detail.queueOffset,
          }}
        >
          {t("around")}
        </Link>
      ) : null}
    </nav>
  );
}

function MainFacts({ instanceId, detail }: { instanceId: string; detail: MessageDetail }) {
  const t = useT("message");
  const topicLink = (topic: string) => <TopicLink instanceId={instanceId} topic={topic} />;
  const idOf = (id: string) => (
    <Copyable value={id}>
      <CutId id={visible(id)} />
    </Copyable>
  );
  const facts: Fact[] = [
    { label: t("messageId"), value: idOf(detail.msgId) },
    { label: t("offsetMsgId"), value: idOf(detail.offsetMsgId), title: t("offsetMsgIdText") },
    {
      label: t("topic"),
      value: (
        <>
          {topicLink(detail.topic)} <StageLabel message={detail} />
        </>
      ),
    },
    {
      label: t("place"),
      value: (
        <span>
          <Name value={detail.brokerName} /> · {detail.queueId} · <Num value={detail.queueOffset} />
        </span>
      ),
    },
    { label: t("tags"), value: detail.tags === null ? "–" : <Label>{detail.tags}</Label> },
    { label: t("keys"), value: detail.keys.length === 0 ? "–" : <Copyable value={detail.keys.join(" ")} /> },
    { label: t("bornAt"), value: <Time at={detail.bornAt} ms />, title: t("bornAtText") },
    { label: t("storedAt"), value: <Time at={detail.storedAt} ms />, title: t("storedAtText") },
    { label: t("reconsumeTimes"), value: <Num value={detail.retries} />, title: t("reconsumeTimesText") },
  ];
  if (detail.realTopic !== null) facts.splice(3, 0, { label: t("realTopic"), value: topicLink(detail.realTopic) });
  return <KeyFacts facts={facts} dense />;
}

function RecordFacts({ detail }: { detail: MessageDetail }) {
  const t = useT("message");
  const hex = detail.bodyCrc.toString(16).toUpperCase().padStart(8, "0");
  const facts: Fact[] = [
    { label: t("bornHost"), value: <Copyable value={detail.bornHost} />, title: t("bornHostText") },
    { label: t("storeHost"), value: <Copyable value={detail.storeHost} /> },
    { label: t("storeSize"), value: <Num value={detail.storeSize} as="bytes" />, title: t("storeSizeText") },
    { label: t("storedBodySize"), value: <Num value={detail.bodySize} as="bytes" /> },
    { label: t("compression"), value: detail.compression ?? t("none") },
    {
      label: t("bodyCrc"),
      value: (
        <>
          <span className="rd-mono">{hex}</span>{" "}
          {detail.bodyIntact ? (
            <StateTag tone="good">{t("crcRight")}</StateTag>
          ) : (
            <StateTag tone="bad">{t("crcWrong")}</StateTag>
          )}
        </>
      ),
    },
    { label: t("physicalOffset"), value: <Num value={detail.physicalOffset} />, title: t("physicalOffsetText") },
    { label: t("flag"), value: <Num value={detail.flag} />, title: t("flagText") },
    {
      label: t("sysFlag"),
      value: <span className="rd-mono">{[String(detail.sysFlag), ...detail.sysFlags].join(" ")}</span>,
    },
    ...(detail.preparedTransactionOffset === "0"
      ? []
      : [{ label: t("preparedTransactionOffset"), value: <Num value={detail.preparedTransactionOffset} /> }]),
  ];
  return <KeyFacts facts={facts} dense />;
}
