import "./group.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, type ReactNode } from "react";
import type { GroupOverview } from "#contract/group.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { RefreshControl } from "../../components/refresh-control.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { ClientsTab } from "./group-clients-tab.tsx";
import { ConfigTab } from "./group-config-tab.tsx";
import { ProgressTab } from "./group-progress-tab.tsx";
import { groupSearch, groupTabs } from "./group-search.ts";
import { SubscriptionsTab } from "./group-subscriptions-tab.tsx";
import { Clients, ConsumeState, Delay, GroupMarks, Lag, useModelWord } from "./group-words.tsx";

const EditDrawer = lazy(() => import("./group-edit-drawer.tsx").then((m) => ({ default: m.GroupEditDrawer })));
const DeleteDrawer = lazy(() => import("./group-delete-drawer.tsx").then((m) => ({ default: m.GroupDeleteDrawer })));
const TpsTab = lazy(() => import("./group-tps-tab.tsx").then((m) => ({ default: m.TpsTab })));
const ClientDrawer = lazy(() => import("./group-client-drawer.tsx").then((m) => ({ default: m.GroupClientDrawer })));

const tabs = {
  progress: ProgressTab,
  tps: TpsTab,
  clients: ClientsTab,
  subscriptions: SubscriptionsTab,
  config: ConfigTab,
};

type Search = ReturnType<typeof groupSearch>;

export function GroupDetailPage({ instanceId, group }: { instanceId: string; group: string }) {
  const t = useT("group");
  const [search, patch] = useUrlState(groupSearch);
  const queryClient = useQueryClient();
  /** The open tab shows the same moment as the head. */
  const refresh = () => void queryClient.invalidateQueries({ queryKey: api.group.key() });
  const query = useQuery(
    api.group.get.queryOptions({
      input: { instanceId, group },
      refetchInterval: search.refresh ? search.refresh * 1000 : false,
    }),
  );
  return (
    <>
      <p className="rd-crumb">
        <Link to="/instances/$instanceId/groups" params={{ instanceId }}>
          {t("groups")}
        </Link>
      </p>
      {query.data ? (
        <>
          <Head overview={query.data} query={query} refresh={refresh} search={search} patch={patch} />
          <UrlTabs
            label={group}
            value={search.tab}
            onChange={(tab) => patch({ tab })}
            tabs={groupTabs.map((key) => {
              const Tab = tabs[key];
              return {
                key,
                label: t(`tab.${key}`),
                children: () => (
                  <Tab instanceId={instanceId} group={group} overview={query.data} everySeconds={search.refresh} />
                ),
              };
            })}
          />
        </>
      ) : (
        <>
          <PageHeader title={group} mono />
          {query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <PanelSkeleton label={t("common:loading")} />
          )}
        </>
      )}
      <Drawers instanceId={instanceId} group={group} search={search} patch={patch} />
    </>
  );
}

interface DrawersProps {
  instanceId: string;
  group: string;
  search: Search;
  patch: Patch<Search>;
}

function Drawers({ instanceId, group, search, patch }: DrawersProps) {
  const navigate = useNavigate();
  const close = () => patch({ open: undefined });
  const toList = () => void navigate({ to: "/instances/$instanceId/groups", params: { instanceId } });
  return (
    <Suspense fallback={null}>
      {search.open === "edit" ? <EditDrawer instanceId={instanceId} group={group} onClose={close} /> : null}
      {search.open === "delete" ? (
        <DeleteDrawer instanceId={instanceId} group={group} onClose={close} onDeleted={toList} />
      ) : null}
      {search.client === undefined ? null : (
        <ClientDrawer
          instanceId={instanceId}
          group={group}
          clientId={search.client}
          onClose={() => patch({ client: undefined })}
        />
      )}
    </Suspense>
  );
}

interface HeadProps {
  overview: GroupOverview;
  query: { isFetching: boolean; error: unknown };
  refresh: () => void;
  search: Search;
  patch: Patch<Search>;
}

function Head({ overview, query, refresh, search, patch }: HeadProps) {
  const t = useT("group");
  const mayUpdate = useCan("group:update") && overview.kind !== "system";
  const mayDelete = useCan("group:delete") && overview.kind !== "system";
  return (
    <PageHeader
      title={overview.group}
      mono
      aside={
        <>
          <CopyButton value={overview.group} />
          <ConsumeState group={overview} />
          <GroupMarks group={overview} />
        </>
      }
      text={overview.remark}
      actions={
        <>
          <RefreshControl
            at={overview.at}
            everySeconds={search.refresh}
            refreshing={query.isFetching}
            onRefresh={refresh}
            onEvery={(seconds) => patch({ refresh: seconds })}
          />
          {mayDelete ? (
            <Button danger onClick={() => patch({ open: "delete" })}>
              {t("common:delete")}
            </Button>
          ) : null}
          {mayUpdate ? <Button onClick={() => patch({ open: "edit" })}>{t("common:edit")}</Button> : null}
        </>
      }
    >
      <Facts overview={overview} />
      {query.error ? <ErrorState error={query.error} onRetry={refresh} inline /> : null}
      <PartialStrip failures={overview.failures} onRetry={refresh} />
    </PageHeader>
  );
}

function Facts({ overview }: { overview: GroupOverview }) {
  const t = useT("group");
  const model = useModelWord();
  const fact = (key: string, value: ReactNode) => ({ label: t(key), value, title: t(`${key}Title`) });
  return (
    <KeyFacts
      facts={[
        fact("lag", <Lag group={overview} />),
        fact("delay", <Delay group={overview} />),
        fact("tps", <SumNum value={overview.tps} as="rate" atLeast={overview.atLeast} />),
        { label: t("clients"), value: <Clients count={overview.clients} /> },
        { label: t("model"), value: model(overview.messageModel) },
        fact("topics", <SumNum value={overview.topics} atLeast={overview.failures.length > 0} />),
        fact("retries", <Num value={overview.brokers.length === 0 ? null : overview.retryMaxTimes} />),
      ]}
    />
  );
}
