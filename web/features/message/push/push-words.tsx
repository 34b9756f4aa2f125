import type { Outcome } from "#contract/list.ts";
import type { PushAnswer, PushPlan } from "#contract/push.ts";
import { KeyFacts, type Fact } from "../../../components/key-facts.tsx";
import { Num } from "../../../components/num.tsx";
import { outcomeOf, usePlanNotes } from "../../../components/plan-lines.tsx";
import { StateTag, type Tone } from "../../../components/state-tag.tsx";
import type { WriteOutcome } from "../../../components/write-outcome.tsx";
import type { WritePlan } from "../../../components/write-plan.tsx";
import { useT } from "../../../lib/i18n.ts";
import { visible } from "../../../lib/visible.ts";

/** What a push does, in sentences; where it cannot be done, why. */
export function usePlanWords(): (plan: PushPlan) => WritePlan {
  const t = useT("push");
  const notes = usePlanNotes("push");
  return (plan) => {
    const [line] = plan.changes;
    const names = { broker: line?.brokerName, client: line?.clientId, group: line?.group };
    return {
      ...notes(plan),
      summary: [t("summary", names), t("offsets")],
      changes: [],
      blocked: plan.hindrance === null ? undefined : t(`hindrance.${plan.hindrance}`, names),
    };
  };
}

const tones: Readonly<Record<string, Tone>> = {
  CR_SUCCESS: "good",
  CR_COMMIT: "good",
  CR_LATER: "warn",
  CR_ROLLBACK: "warn",
  CR_THROW_EXCEPTION: "bad",
  CR_RETURN_NULL: "bad",
};

/** What became of it: the client's answer, or that nobody knows, or that it was refused. */
export function useOutcome(): (outcomes: Outcome[], answer: PushAnswer | null) => WriteOutcome {
  const t = useT("push");
  return (outcomes, answer) => {
    const shown = outcomeOf(outcomes);
    if (answer !== null) {
      const key = answer.result !== null && answer.result in tones ? answer.result : "other";
      return { ...shown, done: [], title: t(`result.${key}`), told: <Answer answer={answer} word={key} /> };
    }
    const [lost] = shown.unknown ?? [];
    // What is to be done of a broker that is silent is no advice here: who tries again may have it run twice.
    if (lost !== undefined)
      return { ...shown, unknown: [], title: t("unknown"), told: <Unanswered remark={lost.remark} /> };
    const unsupported = shown.failures.some(({ code }) => code === "REQUEST_CODE_NOT_SUPPORTED");
    return {
      ...shown,
      title: t("refused"),
      told: unsupported ? <p className="rd-push-told">{t("unsupported")}</p> : undefined,
    };
  };
}

function Unanswered({ remark }: { remark: string | undefined }) {
  const t = useT("push");
  return (
    <div className="rd-push-told">
      <p>{t("unknownText")}</p>
      {remark === undefined ? null : <p className="rd-mono rd-quiet rd-wrap">{visible(remark)}</p>}
    </div>
  );
}

function Answer({ answer, word }: { answer: PushAnswer; word: string }) {
  const t = useT("push");
  const flag = (on: boolean) => t(on ? "yes" : "no");
  const facts: Fact[] = [
    {
      label: t("answered"),
      value: (
        <StateTag tone={tones[word] ?? "unknown"}>
          <span className="rd-mono">{visible(answer.result ?? "–")}</span>
        </StateTag>
      ),
    },
    { label: t("spent"), value: <Num value={answer.spentMs} as="duration" /> },
    { label: t("order"), value: flag(answer.order) },
    { label: t("autoCommit"), value: flag(answer.autoCommit) },
  ];
  return (
    <section className="rd-push-told" aria-label={t("answer")}>
      <KeyFacts facts={facts} dense />
      {answer.remark === null ? null : (
        <>
          <h3>{t("exception")}</h3>
          <pre className="rd-push-remark">{visible(answer.remark)}</pre>
        </>
      )}
      <p>{t(`resultText.${word}`)}</p>
      <p className="rd-quiet">{t("offsets")}</p>
    </section>
  );
}
