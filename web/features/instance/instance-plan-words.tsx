import type { InstancePlan } from "#contract/instance.ts";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useT } from "../../lib/i18n.ts";

/** Fields that change, in words. */
export function useInstanceWords(): (plan: InstancePlan) => WritePlan {
  const t = useT("instance");
  const value = (text: string | null) =>
    text === null
      ? undefined
      : text === "true" || text === "false"
        ? t(`common:${text === "true" ? "yes" : "no"}`)
        : text;
  return ({ changes }) => ({
    changes: changes.map(({ field, before, after }) => ({
      label: t(`field.${field}`),
      before: value(before),
      after: value(after),
    })),
  });
}
