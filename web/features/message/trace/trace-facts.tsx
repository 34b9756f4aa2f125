import type { MessageTrace } from "#contract/trace.ts";
import { Copyable } from "../../../components/copyable.tsx";
import { KeyFacts, type Fact } from "../../../components/key-facts.tsx";
import { MessageLink, TopicLink } from "../../../components/links.tsx";
import { Num } from "../../../components/num.tsx";
import { Label } from "../../../components/state-tag.tsx";
import { useT } from "../../../lib/i18n.ts";

/** What the record of the send tells of the message. */
export function TraceFacts({ instanceId, trace }: { instanceId: string; trace: MessageTrace }) {
  const t = useT("trace");
  const [send] = trace.sends;
  if (trace.state !== "found") return null;
  const { stored, msgId } = trace;
  const id: Fact = {
    label: t("messageId"),
    value:
      stored === null ? (
        <Copyable value={msgId} />
      ) : (
        <Copyable value={msgId}>
          <MessageLink instanceId={instanceId} place={stored} id={msgId} />
        </Copyable>
      ),
  };
  if (send === undefined) return <KeyFacts facts={[id]} />;
  const { topic, tags, keys, bodySize } = send;
  return (
    <KeyFacts
      facts={[
        id,
        { label: t("topic"), value: topic === null ? "–" : <TopicLink instanceId={instanceId} topic={topic} /> },
        { label: t("tags"), value: tags === null ? "–" : <Label>{tags}</Label> },
        { label: t("keys"), value: keys.length === 0 ? "–" : <Copyable value={keys.join(" ")} /> },
        { label: t("bodySize"), value: bodySize === null ? "–" : <Num value={bodySize} as="bytes" /> },
      ]}
    />
  );
}
