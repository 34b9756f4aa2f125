import { Label, StateTag, type Tone } from "../../components/state-tag.tsx";
import type { MessageItem, MessageState } from "#contract/message.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";

const tones: Record<MessageState, Tone> = {
  toConsume: "wait",
  consuming: "info",
  consumed: "good",
  unknown: "unknown",
};

/** A consume state, with what it rests on when hovered. */
export function MessageStateTag({ state }: { state: MessageState }) {
  const t = useT("message");
  return (
    <StateTag tone={tones[state]} title={t(`stateWhy.${state}`)}>
      {t(`state.${state}`)}
    </StateTag>
  );
}

/** Beside an id: a message that is not, or not yet, an ordinary one of its topic. */
export function StageLabel({ message }: { message: Pick<MessageItem, "stage" | "topic" | "realTopic"> }) {
  const t = useT("message");
  const { stage, topic, realTopic } = message;
  if (stage === "stored") return null;
  return <Label title={t(`stageText.${stage}`, { topic, realTopic: realTopic ?? "–" })}>{t(`stage.${stage}`)}</Label>;
}

/** What the server found wrong with a field of the query, in words; undefined when it is not this field. */
export function useFaults(error: unknown): (path: string) => string | undefined {
  const t = useT("message");
  const problem = error === null || error === undefined ? undefined : problemOf(error);
  return (path) => {
    const issue = problem?.data.issues?.find((one) => one.path === path);
    return issue === undefined ? undefined : t(`issue.${issue.message}`, { ...problem?.data.params });
  };
}

/** Whether the fields say all there is to say. */
export const isToldAtField = (error: unknown): boolean => (problemOf(error).data.issues?.length ?? 0) > 0;
