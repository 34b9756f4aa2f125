import type { MessageTrace, TraceSend } from "#contract/trace.ts";
import { Copyable } from "../../../components/copyable.tsx";
import { CutId } from "../../../components/cut.tsx";
import { KeyFacts, type Fact } from "../../../components/key-facts.tsx";
import { MessageLink, TopicLink } from "../../../components/links.tsx";
import { Num } from "../../../components/num.tsx";
import { Label } from "../../../components/state-tag.tsx";
import { useT } from "../../../lib/i18n.ts";
import { visible } from "../../../lib/visible.ts";

/** What the record of the send tells of the message. */
export function TraceFacts({ instanceId, trace }: { instanceId: string; trace: MessageTrace }) {
  const t = useT("trace");
  const [send] = trace.sends;
  const factsOf = ({ topic, tags, keys, bodySize }: TraceSend): Fact[] => [
    { label: t("topic"), value: topic === null ? "–" : <TopicLink instanceId={instanceId} topic={topic} /> },
    { label: t("tags"), value: tags === null ? "–" : <Label>{tags}</Label> },
    { label: t("keys"), value: keys.length === 0 ? "–" : <Copyable value={keys.join(" ")} /> },
    { label: t("bodySize"), value: bodySize === null ? "–" : <Num value={bodySize} as="bytes" /> },
  ];
  if (trace.state !== "found") return null;
  const { stored, msgId } = trace;
  const id: Fact = {
    label: t("messageId"),
    value:
      stored === null ? (
        <Copyable value={msgId}>
          <CutId id={visible(msgId)} />
        </Copyable>
      ) : (
        <Copyable value={msgId}>
          <MessageLink instanceId={instanceId} place={stored} id={msgId} />
        </Copyable>
      ),
  };
  const told = send === undefined ? [] : factsOf(send);
  return (
    <div className="rd-trace-facts">
      <KeyFacts facts={[id, ...told]} />
    </div>
  );
}
