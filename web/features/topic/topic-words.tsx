import type { TopicItem } from "#contract/topic.ts";
import { SumNum } from "../../components/num.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { useT } from "../../lib/i18n.ts";

/** Read and write alone count; the bit for inheriting means nothing to people. */
export function usePermWord(): (perm: number) => string {
  const t = useT("topic");
  return (perm) => t(`perm.${perm & 6}`);
}

/** Null: no broker told. */
export function PermLabel({ perm }: { perm: number | null }) {
  const wordOf = usePermWord();
  if (perm === null) return <span>–</span>;
  const word = wordOf(perm);
  const open = (perm & 6) === 6;
  return open ? <span>{word}</span> : <StateTag tone="warn">{word}</StateTag>;
}

export function TypeLabel({ topic }: { topic: Pick<TopicItem, "messageType" | "order"> }) {
  const t = useT("topic");
  if (topic.messageType === null) return <span>–</span>;
  return (
    <span className="rd-topic-type">
      <Label title={t(`typeText.${topic.messageType}`)}>{t(`type.${topic.messageType}`)}</Label>
      {topic.order ? <Label title={t("orderText")}>{t("ordered")}</Label> : null}
    </span>
  );
}

/** Queues to read and to write, over the brokers. */
export function Queues({ topic }: { topic: Pick<TopicItem, "readQueues" | "writeQueues" | "atLeast"> }) {
  const t = useT("topic");
  return (
    <span title={t("queuesShortText")}>
      <SumNum value={topic.readQueues} atLeast={topic.atLeast} /> /{" "}
      <SumNum value={topic.writeQueues} atLeast={topic.atLeast} />
    </span>
  );
}

/** Beside a name: what is not an ordinary topic, or not the same everywhere. */
export function TopicMarks({ topic }: { topic: Pick<TopicItem, "kind" | "differs" | "routeOnly" | "perm"> }) {
  const t = useT("topic");
  return (
    <>
      {topic.kind === "normal" ? null : <Label title={t(`kindText.${topic.kind}`)}>{t(`kind.${topic.kind}`)}</Label>}
      {topic.routeOnly ? (
        <StateTag tone="warn" title={t("routeOnlyText")}>
          {t("routeOnly")}
        </StateTag>
      ) : null}
      {topic.perm === null || (topic.perm & 6) === 6 ? null : <PermLabel perm={topic.perm} />}
      {topic.differs ? (
        <StateTag tone="warn" title={t("differsText")}>
          {t("differs")}
        </StateTag>
      ) : null}
    </>
  );
}
