import type { TopicUser } from "#contract/topic.ts";
import { DeleteDrawer, type DeleteProps } from "../../components/resource/delete-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useDeletionWords } from "./topic-plan-words.tsx";
import { visible } from "../../lib/visible.ts";

export function TopicDeleteDrawer({ instanceId, topic, ...closing }: DeleteProps & { topic: string }) {
  const t = useT("topic");
  return (
    <DeleteDrawer
      resource="topic"
      name={topic}
      input={{ instanceId, topic }}
      query={(input) => api.topic.planDelete.queryOptions({ input })}
      words={useDeletionWords()}
      apply={(planId) => client.topic.delete({ instanceId, topic, planId, name: topic })}
      touches={api.topic.list.key()}
      {...closing}
    >
      {({ routes, users }) => (
        <>
          <p>{t(routes.length > 0 ? "deleteRouteText" : "deleteText")}</p>
          <Users users={users} />
        </>
      )}
    </DeleteDrawer>
  );
}

function Users({ users }: { users: TopicUser[] }) {
  const t = useT("topic");
  if (users.length === 0) return <p className="rd-users">{t("nobodyOnline")}</p>;
  return (
    <section className="rd-users" aria-label={t("online")}>
      <h3>{t("online")}</h3>
      <ul>
        {users.map((user) => (
          <li key={`${user.role} ${user.group}`}>
            {t(`user.${user.role}`, { group: user.group, count: user.clients.length })}
            <ul className="rd-mono rd-quiet">
              {user.clients.map((client) => (
                <li key={client.clientId}>
                  {visible(client.clientId)} {client.address}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
