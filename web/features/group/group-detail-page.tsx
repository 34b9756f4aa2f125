import "./group.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, type ComponentType, type ReactNode } from "react";
import type { GroupOverview } from "#contract/group.ts";
import { AndNeverConsumed } from "../../components/backlog.tsx";
import { Findings } from "../../components/findings.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { DetailFrame } from "../../components/resource/detail-frame.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useOpened } from "../../lib/recent.ts";
import { useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { ClientsTab } from "./group-clients-tab.tsx";
import { GroupConfigTab } from "./group-config-tab.tsx";
import { ProgressTab } from "./group-progress-tab.tsx";
import { groupSearch, groupTabs } from "./group-search.ts";
import { SubscriptionsTab } from "./group-subscriptions-tab.tsx";
import { Clients, Delay, GroupMarks, Lag, useModelWord, Verdict } from "./group-words.tsx";

const EditDrawer = lazy(() => import("./group-edit-drawer.tsx").then((m) => ({ default: m.GroupEditDrawer })));
const DeleteDrawer = lazy(() => import("./group-delete-drawer.tsx").then((m) => ({ default: m.GroupDeleteDrawer })));
const TpsTab = lazy(() => import("./group-tps-tab.tsx").then((m) => ({ default: m.TpsTab })));
const ClientDrawer = lazy(() => import("./group-client-drawer.tsx").then((m) => ({ default: m.GroupClientDrawer })));

const tabs = {
  progress: ProgressTab,
  tps: TpsTab,
  clients: ClientsTab,
  subscriptions: SubscriptionsTab,
  config: GroupConfigTab,
};

interface GroupDetailProps {
  instanceId: string;
  group: string;
  /** The drawer that resets its offsets. */
  Reset: ComponentType<{ instanceId: string; group: string; onClose: () => void }>;
  /** What became of messages that it gave up. */
  DeadLetters: ComponentType<{ instanceId: string; group: string }>;
}

export function GroupDetailPage({ instanceId, group, Reset, DeadLetters }: GroupDetailProps) {
  const t = useT("group");
  const navigate = useNavigate();
  const [search, patch] = useUrlState(groupSearch);
  const mayUpdate = useCan("group:update");
  const mayDelete = useCan("group:delete");
  const mayReset = useCan("offset:reset");
  const input = { instanceId, group };
  const { open, client } = search;
  const close = () => patch({ open: undefined, client: undefined });
  const toList = () => void navigate({ to: "/instances/$instanceId/groups", params: { instanceId } });
  const drawers = {
    edit: () => <EditDrawer {...input} onClose={close} />,
    delete: () => <DeleteDrawer {...input} onClose={close} onDeleted={toList} />,
    reset: () => <Reset {...input} onClose={close} />,
  };
  const query = useQuery(api.group.get.queryOptions({ input }));
  useOpened(instanceId, "group", group, query.isSuccess);
  return (
    <DetailFrame
      name={group}
      crumb={
        <Link to="/instances/$instanceId/groups" params={{ instanceId }}>
          {t("groups")}
        </Link>
      }
      query={query}
      queryKey={api.group.key({ input })}
      search={search}
      patch={patch}
      head={(overview) => ({
        marks: (
          <>
            <Verdict group={overview} />
            <GroupMarks group={overview} />
          </>
        ),
        actions:
          mayReset && overview.kind !== "system" ? (
            <Button onClick={() => patch({ open: "reset" })}>{t("resetOffset")}</Button>
          ) : null,
        mayEdit: mayUpdate && overview.kind !== "system",
        mayDelete: mayDelete && overview.kind !== "system",
        facts: <Facts overview={overview} onDeadLetters={() => patch({ tab: "deadLetters" })} />,
      })}
      findings={<Findings instanceId={instanceId} group={group} />}
      tabs={(overview) =>
        groupTabs.map((key) => {
          if (key === "deadLetters")
            return { key, label: <DeadLettersLabel of={overview} />, children: () => <DeadLetters {...input} /> };
          const Tab = tabs[key];
          return { key, label: t(`tab.${key}`), children: () => <Tab {...input} overview={overview} /> };
        })
      }
      drawer={
        open ? drawers[open]() : client !== undefined && <ClientDrawer {...input} clientId={client} onClose={close} />
      }
    />
  );
}

function DeadLettersLabel({ of: { deadLetters } }: { of: GroupOverview }) {
  const t = useT("group");
  return (
    <>
      {t("tab.deadLetters")}
      {deadLetters === null || deadLetters === "0" ? null : (
        <span className="rd-quiet">
          {" "}
          <Num value={deadLetters} />
        </span>
      )}
    </>
  );
}

function Facts({ overview, onDeadLetters }: { overview: GroupOverview; onDeadLetters: () => void }) {
  const t = useT("group");
  const model = useModelWord();
  const fact = (key: string, value: ReactNode) => ({ label: t(key), value, title: t(`${key}Title`) });
  return (
    <KeyFacts
      facts={[
        {
          label: t("common:backlog.lag"),
          title: t("lagTitle"),
          value: (
            <>
              <Lag group={overview} />
              <AndNeverConsumed of={overview} atLeast={overview.atLeast} />
            </>
          ),
        },
        ...(overview.pop ? [fact("unacked", <Num value={overview.unacked} />)] : []),
        fact("delay", <Delay group={overview} />),
        ...(overview.catchUpMs === null ? [] : [fact("catchUp", <Num value={overview.catchUpMs} as="duration" />)]),
        {
          label: t("deadLetters"),
          value:
            overview.deadLetters === null || overview.deadLetters === "0" ? (
              <Num value={overview.deadLetters} />
            ) : (
              <button type="button" className="rd-link" onClick={onDeadLetters}>
                <Num value={overview.deadLetters} />
              </button>
            ),
        },
        fact("tps", <SumNum value={overview.tps} as="rate" atLeast={overview.atLeast} />),
        { label: t("clients"), value: <Clients count={overview.clients} /> },
        { label: t("model"), value: model(overview.messageModel) },
        fact("topics", <SumNum value={overview.topics} atLeast={overview.failures.length > 0} />),
        fact("retries", <Num value={overview.retryMaxTimes} />),
      ]}
    />
  );
}
