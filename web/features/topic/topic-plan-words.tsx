import type { TopicOnBroker, TopicPlan } from "#contract/topic.ts";
import { usePlanLines, type RemarkChange } from "../../components/plan-lines.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { usePermWord } from "./topic-words.tsx";

/** A plan of the API in the words of the drawer. */
export function usePlanWords(): (plan: TopicPlan, remark?: RemarkChange) => WritePlan {
  const t = useT("topic");
  const format = useFormat();
  const perm = usePermWord();
  const lines = usePlanLines("topic", (on: TopicOnBroker) => [
    [t("readQueues"), format.number(on.readQueues)],
    [t("writeQueues"), format.number(on.writeQueues)],
    [t("permission"), perm(on.perm)],
    [t("messageType"), t(`type.${on.messageType}`)],
    ...(on.order ? [[t("ordered"), t("common:yes")] as [string, string]] : []),
  ]);
  return (plan, remark) => {
    const users = plan.users.map((user) => t(`user.${user.role}`, { group: user.group, count: user.clients.length }));
    return lines(plan, users, remark);
  };
}
