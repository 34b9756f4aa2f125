import type { LoadPlan, RoundTripPlan } from "#contract/dial-run.ts";
import type { PlanChange, WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { useDialWords } from "./plan-words.tsx";
import type { PlaceDraft } from "./run-draft.ts";

interface PlanQuery<P> {
  data: P | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface PlanWords<P> {
  query: PlanQuery<P>;
  draft: PlaceDraft;
  /** The form has no faults. */
  ready: boolean;
  /** A group is made, too. */
  makesGroup: boolean;
  changes: (plan: P) => PlanChange[];
}

const fields = ["topic", "brokers", "count", "sizeKb", "tag", "group", "rate", "threads", "seconds"];

/** What a run will do, and to whom; what is made goes with it. */
export function useRunPlan<P extends RoundTripPlan | LoadPlan>(asked: PlanWords<P>): WritePlan | undefined {
  const { query, draft, ready, makesGroup, changes } = asked;
  const t = useT("dial-test");
  const format = useFormat();
  const words = useDialWords();
  if (!ready) return undefined;
  if (query.error) return words.refusal(query.error, fields, () => void query.refetch());
  const plan = query.data;
  if (plan === undefined) return undefined;
  const makes = draft.place === "made" ? (makesGroup ? "topicAndGroup" : "topic") : makesGroup ? "group" : undefined;
  const topic = draft.place === "made" ? t("newTopic") : <span className="rd-mono rd-wrap">{draft.topic.trim()}</span>;
  return {
    summary: makes === undefined ? [] : [t(`plan.makes.${makes}`)],
    changes:
      plan.queues === 0
        ? []
        : [
            { label: t("topic"), after: topic },
            ...changes(plan),
            { label: t("plan.queues"), after: format.number(plan.queues) },
          ],
    brokers: plan.brokers,
    affected: plan.consumers.map(({ group, clients }) => (
      <span key={group}>
        <span className="rd-mono rd-wrap">{group}</span> {t("plan.clients", { count: clients })}
      </span>
    )),
    warnings: plan.warnings.map(words.warning),
    blocked: plan.limit === null ? words.blocked(plan.blocked, "run") : words.limit(plan.limit),
  };
}
