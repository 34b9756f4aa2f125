import { Checkbox } from "antd";
import { useState } from "react";
import type { GroupDeletion } from "#contract/group.ts";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { DeleteDrawer, type DeleteProps } from "../../components/resource/delete-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { usePlanWords } from "./group-plan-words.tsx";
import { visible } from "../../lib/visible.ts";

export function GroupDeleteDrawer({ instanceId, group, ...closing }: DeleteProps & { group: string }) {
  const t = useT("group");
  const words = usePlanWords();
  const [withTopics, setWithTopics] = useState(false);
  return (
    <DeleteDrawer
      resource="group"
      name={group}
      input={{ instanceId, group, withTopics }}
      query={(input) => api.group.planDelete.queryOptions({ input })}
      words={(planned) => words(planned, planned.clients.length)}
      apply={(planId) => client.group.delete({ instanceId, group, planId, name: group })}
      touches={api.group.list.key()}
      {...closing}
    >
      {({ clients, topics, failures }) => (
        <>
          <p>{t("deleteText")}</p>
          <Online clients={clients} whole={failures.length === 0} />
          <OwnTopics topics={topics} chosen={withTopics} onChoose={setWithTopics} />
        </>
      )}
    </DeleteDrawer>
  );
}

function Online({ clients, whole }: { clients: GroupDeletion["clients"]; whole: boolean }) {
  const t = useT("group");
  if (clients.length === 0) return <p className="rd-users">{t(whole ? "nobodyOnline" : "onlineUnknown")}</p>;
  return (
    <section className="rd-users" aria-label={t("online")}>
      <h3>{t("online")}</h3>
      <ul className="rd-mono">
        {clients.map(({ clientId, address }) => (
          <li key={clientId}>
            {visible(clientId)} <span className="rd-quiet">{address}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface OwnTopicsProps {
  topics: GroupDeletion["topics"];
  chosen: boolean;
  onChoose: (chosen: boolean) => void;
}

function OwnTopics({ topics, chosen, onChoose }: OwnTopicsProps) {
  const t = useT("group");
  if (topics.length === 0) return <p className="rd-quiet">{t("noOwnTopics")}</p>;
  return (
    <>
      <Checkbox checked={chosen} onChange={({ target }) => onChoose(target.checked)}>
        {t("withTopics")}
      </Checkbox>
      <ul className="rd-users">
        {topics.map(({ topic, stored }) => (
          <li key={topic}>
            <Name value={topic} />{" "}
            <span className="rd-quiet">
              {t("storedMessages")} <Num value={stored} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
