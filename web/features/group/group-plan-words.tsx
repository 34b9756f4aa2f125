import type { GroupOnBroker, GroupPlan } from "#contract/group.ts";
import { usePlanLines } from "../../components/plan-lines.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { usePolicyWord } from "./group-words.tsx";

/** A plan of the API in the words of the drawer, with how many clients are online. */
export function usePlanWords(): (plan: GroupPlan, clients?: number) => WritePlan {
  const t = useT("group");
  const format = useFormat();
  const policy = usePolicyWord();
  const yes = (value: boolean) => t(value ? "common:yes" : "common:no");
  const lines = usePlanLines("group", (on: GroupOnBroker) => [
    [t("consumeEnable"), yes(on.consumeEnable)],
    [t("broadcastEnable"), yes(on.broadcastEnable)],
    [t("ordered"), yes(on.ordered)],
    [t("retries"), format.number(on.retryMaxTimes)],
    ...(on.retryPolicy === null ? [] : [[t("retryPolicy"), policy(on.retryPolicy)] as [string, string]]),
  ]);
  return (plan, clients = 0) => lines(plan, clients === 0 ? [] : [t("clientsAffected", { count: clients })]);
}
