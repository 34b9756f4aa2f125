import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TopicUser } from "#contract/topic.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useDeletionWords } from "./topic-plan-words.tsx";

interface DeleteProps {
  instanceId: string;
  topic: string;
  onClose: () => void;
  /** After it is gone and the drawer was closed. */
  onDeleted?: () => void;
}

/** Who uses a topic may change any moment, so the plan is asked for again while it is open. */
const LOOK_AGAIN_MS = 5000;

export function TopicDeleteDrawer({ instanceId, topic, onClose, onDeleted }: DeleteProps) {
  const t = useT("topic");
  const queryClient = useQueryClient();
  const [gone, setGone] = useState(false);
  const plan = useQuery(
    api.topic.planDelete.queryOptions({
      input: { instanceId, topic },
      enabled: !gone,
      staleTime: 0,
      refetchInterval: LOOK_AGAIN_MS,
    }),
  );
  const words = useDeletionWords();
  const apply = async () => {
    const { outcomes } = await client.topic.delete({ instanceId, topic, name: topic });
    const done = outcomes.every(({ ok }) => ok);
    setGone(done);
    await queryClient.invalidateQueries({ queryKey: api.topic.list.key() });
    return outcomeOf(outcomes);
  };
  return (
    <WriteDrawer
      open
      title={t("deleteTitle", { topic })}
      plan={plan.data && words(plan.data)}
      dirty={false}
      ready={plan.data !== undefined}
      applyText={t("deleteTopic")}
      confirmName={topic}
      onApply={apply}
      onClose={gone && onDeleted ? onDeleted : onClose}
    >
      <p>{t(plan.data && plan.data.routes.length > 0 ? "deleteRouteText" : "deleteText")}</p>
      {plan.isPending ? <PanelSkeleton label={t("common:loading")} /> : null}
      {plan.error ? <ErrorState error={plan.error} onRetry={() => void plan.refetch()} inline /> : null}
      {plan.data ? <Users users={plan.data.users} /> : null}
    </WriteDrawer>
  );
}

function Users({ users }: { users: TopicUser[] }) {
  const t = useT("topic");
  if (users.length === 0) return <p className="rd-topic-users">{t("nobodyOnline")}</p>;
  return (
    <section className="rd-topic-users" aria-label={t("online")}>
      <h3>{t("online")}</h3>
      <ul>
        {users.map((user) => (
          <li key={`${user.role} ${user.group}`}>
            {t(`user.${user.role}`, { group: user.group, count: user.clients.length })}
            <ul className="rd-mono rd-quiet">
              {user.clients.map((client) => (
                <li key={client.clientId}>
                  {client.clientId} {client.address}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
