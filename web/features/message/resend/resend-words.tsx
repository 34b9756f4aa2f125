import type { CopyPlan, ResendPlan, ResentFate } from "#contract/resend.ts";
import { usePlanNotes } from "../../../components/plan-lines.tsx";
import { StateTag, type Tone } from "../../../components/state-tag.tsx";
import { Time } from "../../../components/time.tsx";
import type { WritePlan } from "../../../components/write-plan.tsx";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { useJobWords } from "../../../lib/job.ts";
import { visible } from "../../../lib/visible.ts";

interface Audience {
  topic: string;
  consumers: { group: string; clients: number }[];
  unseen: number;
}

/** Who will get what is sent to a topic. */
function useAudience(): (line: Audience) => string[] {
  const t = useT("resend");
  return ({ topic, consumers, unseen }) => [
    ...consumers.map(({ group, clients }) => t("gets", { group, topic, count: clients })),
    ...(unseen > 0 ? [t("unseen", { topic, count: unseen })] : []),
  ];
}

/** The plan of what is sent once more, in words. */
export function useResendWords(): (plan: ResendPlan) => WritePlan {
  const t = useT("resend");
  const format = useFormat();
  const notes = usePlanNotes("resend");
  const audience = useAudience();
  const { code } = useJobWords(["resend.deadLetters"]);
  return (plan) => ({
    ...notes(plan),
    summary:
      plan.goes === 0
        ? []
        : [t(plan.whole ? "summary" : "summaryRead", { count: plan.goes, n: format.number(plan.goes) })],
    changes: [
      { label: t("matching"), fact: plan.matching === null ? "–" : format.number(plan.matching) },
      ...(plan.oldest === null
        ? []
        : [
            {
              label: t("stored", { count: plan.goes, n: format.number(plan.goes) }),
              fact: (
                <span>
                  <Time at={plan.oldest} />
                  {format.time(plan.newest) === format.time(plan.oldest) ? null : (
                    <>
                      {" "}
                      – <Time at={plan.newest} />
                    </>
                  )}
                </span>
              ),
            },
          ]),
      ...plan.changes.map(({ topic, messages, blocked }) => {
        const n = format.number(messages);
        const why = blocked === null ? undefined : code("resend.deadLetters", blocked, visible(topic));
        return {
          label: t("toTopic", { topic: visible(topic) }),
          fact: why === undefined ? n : t("notSent", { n, why }),
        };
      }),
    ],
    affected: plan.changes.flatMap(audience),
  });
}

/** The plan of a copy, in words. */
export function useCopyWords(): (plan: CopyPlan) => WritePlan {
  const t = useT("resend");
  const format = useFormat();
  const notes = usePlanNotes("resend");
  const audience = useAudience();
  return (plan) => {
    const { warnings = [], ...rest } = notes(plan);
    const { resent } = plan;
    return {
      ...rest,
      changes: plan.changes.flatMap(({ topic, brokers, bodySize, edited, dueAt }) => [
        { label: t("topic"), fact: visible(topic) },
        ...(brokers.length === 0
          ? []
          : [
              { label: t("broker"), fact: t("oneOf", { count: brokers.length, brokers: visible(brokers.join(", ")) }) },
            ]),
        ...(dueAt === null ? [] : [{ label: t("due"), fact: t("dueIfNow", { time: format.time(dueAt) }) }]),
        { label: t("body"), fact: bodySize === null ? t("bodyAsIs") : format.bytes(bodySize) },
        {
          label: t("edited"),
          fact: edited.length === 0 ? t("nothing") : edited.map((field) => t(`field.${field}`)).join(", "),
        },
      ]),
      affected: plan.changes.flatMap(audience),
      warnings: [
        ...(resent === null
          ? []
          : [t(`resentBefore.${resent.state}`, { by: resent.by, time: format.time(resent.at), topic: resent.target })]),
        ...warnings,
      ],
    };
  };
}

const tones: Record<ResentFate, Tone> = {
  waiting: "wait",
  retrying: "warn",
  consumed: "good",
  passed: "off",
  filtered: "off",
  deadAgain: "bad",
  unknown: "unknown",
};

export function FateTag({ fate }: { fate: ResentFate }) {
  const t = useT("resend");
  return (
    <StateTag tone={tones[fate]} title={t(`fateWhy.${fate}`)}>
      {t(`fate.${fate}`)}
    </StateTag>
  );
}
