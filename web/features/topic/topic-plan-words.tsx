import type { TopicDeletion, TopicOnBroker, TopicPlan, TopicUser } from "#contract/topic.ts";
import { usePlanLines } from "../../components/plan-lines.tsx";
import type { WritePlan } from "../../components/write-plan.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { usePermWord } from "./topic-words.tsx";

/** A plan of the API in the words of the drawer, with who is online and affected. */
export function usePlanWords(): (plan: TopicPlan, users?: TopicUser[]) => WritePlan {
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
  return (plan, users = []) =>
    lines(
      plan,
      users.map((user) => t(`user.${user.role}`, { group: user.group, count: user.clients.length })),
    );
}

/** A deletion in the same words; of a topic that no broker has its route goes alone. */
export function useDeletionWords(): (plan: TopicDeletion) => WritePlan {
  const t = useT("topic");
  const words = usePlanWords();
  return (plan) => {
    const shown = words(plan, plan.users);
    if (plan.routes.length === 0) return shown;
    return {
      ...shown,
      idle: false,
      changes: plan.routes.map((addr) => ({ label: t("routeAt", { addr }), before: plan.topic })),
      command: plan.commands.join("\n"),
    };
  };
}
