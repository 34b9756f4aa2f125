import { Label, StateTag, type Tone } from "../../components/state-tag.tsx";
import type { Consumption, MessageItem, MessageState } from "#contract/message.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";

const tones: Record<MessageState, Tone> = {
  toConsume: "wait",
  pulled: "info",
  passed: "off",
  filtered: "off",
  deadLetter: "bad",
  beyondEnd: "warn",
  neverCommitted: "wait",
  broadcasting: "unknown",
  unknown: "unknown",
};

/** What a state means, with the figures that it rests on. */
export function useStateWhy(): (told: Consumption) => string {
  const t = useT("message");
  const format = useFormat();
  const long = (value: string | null) => (value === null ? "–" : format.number(BigInt(value)));
  return ({ state, committed, end, subscription }) =>
    t(`stateWhy.${state}`, {
      committed: long(committed),
      end: long(end),
      subscription,
    });
}

/** What is known of a message for a group, with what it rests on when hovered. */
export function MessageStateTag({ told }: { told: Consumption }) {
  const t = useT("message");
  const why = useStateWhy();
  return (
    <StateTag tone={tones[told.state]} title={why(told)}>
      {told.deadLetter === null ? t(`state.${told.state}`) : t("deadLetterAfter", { count: told.deadLetter.retries })}
    </StateTag>
  );
}

/** Beside an id: a message that is not, or not yet, an ordinary one of its topic. */
export function StageLabel({ message }: { message: Pick<MessageItem, "stage" | "topic" | "realTopic" | "retries"> }) {
  const t = useT("message");
  const { stage, topic, realTopic, retries } = message;
  if (stage === "stored") return null;
  return (
    <Label title={t(`stageText.${stage}`, { topic, realTopic: realTopic ?? "–" })}>
      {stage === "dlq" ? t("deadLetterAfter", { count: retries }) : t(`stage.${stage}`)}
    </Label>
  );
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
