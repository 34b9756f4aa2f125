import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Checkbox } from "antd";
import { useState } from "react";
import type { GroupPlan } from "#contract/group.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Num } from "../../components/num.tsx";
import { outcomeOf } from "../../components/plan-lines.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { WriteDrawer } from "../../components/write-drawer.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { usePlanWords } from "./group-plan-words.tsx";

interface DeleteProps {
  instanceId: string;
  group: string;
  onClose: () => void;
  /** After it is gone and the drawer was closed. */
  onDeleted?: () => void;
}

/** Who is online may change any moment, so the plan is asked for again while it is open. */
const LOOK_AGAIN_MS = 5000;

export function GroupDeleteDrawer({ instanceId, group, onClose, onDeleted }: DeleteProps) {
  const t = useT("group");
  const queryClient = useQueryClient();
  const [gone, setGone] = useState(false);
  const [withTopics, setWithTopics] = useState(false);
  const plan = useQuery(
    api.group.planDelete.queryOptions({
      input: { instanceId, group, withTopics },
      enabled: !gone,
      staleTime: 0,
      refetchInterval: LOOK_AGAIN_MS,
      placeholderData: (before: GroupPlan | undefined) => before,
    }),
  );
  const words = usePlanWords();
  const apply = async () => {
    const { outcomes } = await client.group.delete({ instanceId, group, name: group, withTopics });
    setGone(outcomes.every(({ ok }) => ok));
    await queryClient.invalidateQueries({ queryKey: api.group.list.key() });
    return outcomeOf(outcomes);
  };
  return (
    <WriteDrawer
      open
      title={t("deleteTitle", { group })}
      plan={plan.data && words(plan.data)}
      dirty={false}
      ready={plan.data !== undefined && !plan.isPlaceholderData}
      applyText={t("deleteGroup")}
      confirmName={group}
      onApply={apply}
      onClose={gone && onDeleted ? onDeleted : onClose}
    >
      <p>{t("deleteText")}</p>
      {plan.isPending ? <PanelSkeleton label={t("common:loading")} /> : null}
      {plan.error ? <ErrorState error={plan.error} onRetry={() => void plan.refetch()} inline /> : null}
      {plan.data ? (
        <>
          <Online clients={plan.data.clients} whole={plan.data.failures.length === 0} />
          <OwnTopics topics={plan.data.topics} chosen={withTopics} onChoose={setWithTopics} />
        </>
      ) : null}
    </WriteDrawer>
  );
}

function Online({ clients, whole }: { clients: GroupPlan["clients"]; whole: boolean }) {
  const t = useT("group");
  if (clients.length === 0) return <p className="rd-group-users">{t(whole ? "nobodyOnline" : "onlineUnknown")}</p>;
  return (
    <section className="rd-group-users" aria-label={t("online")}>
      <h3>{t("online")}</h3>
      <ul className="rd-mono">
        {clients.map(({ clientId, address }) => (
          <li key={clientId}>
            {clientId} <span className="rd-quiet">{address}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface OwnTopicsProps {
  topics: GroupPlan["topics"];
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
      <ul className="rd-group-users">
        {topics.map(({ topic, stored }) => (
          <li key={topic}>
            <span className="rd-mono">{topic}</span>{" "}
            <span className="rd-quiet">
              {t("storedMessages")} <Num value={stored} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
