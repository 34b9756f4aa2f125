import { Label, StateTag, type Tone } from "../../components/state-tag.tsx";
import type { Consumption, Evidence, MessageItem, MessageStage, MessageState } from "#contract/message.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { visible } from "../../lib/visible.ts";

const tones: Record<MessageState, Tone> = {
  toConsume: "wait",
  pulled: "info",
  retry: "warn",
  consumed: "good",
  passed: "off",
  filtered: "off",
  skipped: "warn",
  deadLetter: "bad",
  beyondEnd: "warn",
  neverCommitted: "wait",
  notSubscribed: "off",
  lost: "bad",
  broadcasting: "unknown",
  unknown: "unknown",
};

/** What is not known, or next, is told in other words. */
function variantOf({ kind, at, behind }: Evidence): string {
  if (kind === "retryWaits" && at === null) return "retryWaitsUnknown";
  return kind === "committedBefore" && behind === "0" ? "committedNext" : kind;
}

/** One thing that a verdict rests on, in words. */
export function useEvidence(): (one: Evidence) => string {
  const t = useT("message");
  const format = useFormat();
  const long = (value: string | undefined) => (value === undefined ? "–" : format.number(BigInt(value)));
  return ({ kind, offset, to, behind, at, ms, attempt, client, expression, who, count }) =>
    t(`evidence.${variantOf({ kind, at, behind })}`, {
      offset: long(offset),
      to: long(to),
      behind: long(behind),
      at: typeof at === "number" ? format.time(at) : "–",
      ms: ms === undefined ? "–" : format.duration(ms),
      attempt: attempt ?? "–",
      count: count ?? "–",
      client: client === undefined ? "–" : visible(client),
      expression: expression === undefined ? "–" : visible(expression),
      who: who === undefined ? "–" : visible(who),
    });
}

/** What a verdict rests on, and what would make it certain; what a state means where nothing is shown for it. */
export function useWhy(): (told: Consumption) => string[] {
  const t = useT("message");
  const evidence = useEvidence();
  return ({ state, evidence: all, wouldTell }) => [
    ...(all.length === 0 ? [t(`stateWhy.${state}`)] : all.map(evidence)),
    ...(wouldTell === null ? [] : [t(`wouldTell.${wouldTell}`)]),
  ];
}

/** What is known of a message for a group, with what it rests on when hovered. */
export function MessageStateTag({ told }: { told: Consumption }) {
  const t = useT("message");
  const why = useWhy();
  return (
    <StateTag tone={tones[told.state]} title={why(told).join(" · ")}>
      {told.deadLetter === null ? t(`state.${told.state}`) : t("deadLetterAfter", { count: told.deadLetter.retries })}
    </StateTag>
  );
}

const waiting = ["delayed", "timed", "half"] as const satisfies MessageStage[];
export type Waiting = (typeof waiting)[number];

/** Whether it lies where no client is given it, until its time or its commit. */
export const isWaiting = (stage: MessageStage): stage is Waiting => waiting.some((one) => one === stage);

type Staged = Pick<MessageItem, "stage" | "topic" | "realTopic" | "retries">;

/** A message in a retry topic that no consumer failed on was sent there. */
const stageKey = ({ stage, retries }: Staged) => (stage === "retry" && retries === 0 ? "retrySent" : stage);

/** Where a message lies that is not, or not yet, an ordinary one of its topic, and why. */
export function useStageText(): (message: Staged) => string {
  const t = useT("message");
  return (message) =>
    t(`stageText.${stageKey(message)}`, { topic: message.topic, realTopic: message.realTopic ?? "–" });
}

/** Beside an id: a message that is not, or not yet, an ordinary one of its topic. */
export function StageLabel({ message }: { message: Staged }) {
  const t = useT("message");
  const text = useStageText();
  const { stage, retries } = message;
  if (stage === "stored") return null;
  return (
    <Label title={text(message)}>
      {stage === "dlq" ? t("deadLetterAfter", { count: retries }) : t(`stage.${stageKey(message)}`)}
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
