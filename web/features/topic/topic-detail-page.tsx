import "./topic.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useState, type ReactNode } from "react";
import type { TopicOverview } from "#contract/topic.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { RefreshControl } from "../../components/refresh-control.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { topicSearch, topicTabs } from "./topic-search.ts";
import { ConfigTab, RouteTab } from "./topic-config-tabs.tsx";
import { GroupsTab, LagTab, ProducersTab, QueuesTab } from "./topic-tabs.tsx";
import { SumNum } from "../../components/num.tsx";
import { PermLabel, TopicMarks, TypeLabel } from "./topic-words.tsx";

const EditDrawer = lazy(() => import("./topic-edit-drawer.tsx").then((m) => ({ default: m.TopicEditDrawer })));
const TpsTab = lazy(() => import("./topic-tps-tab.tsx").then((m) => ({ default: m.TpsTab })));
const DeleteDrawer = lazy(() => import("./topic-delete-drawer.tsx").then((m) => ({ default: m.TopicDeleteDrawer })));

/** "Today" begins at midnight of whoever looks. */
const startOfToday = () => new Date().setHours(0, 0, 0, 0);

const tabs = {
  queues: QueuesTab,
  groups: GroupsTab,
  lag: LagTab,
  tps: TpsTab,
  producers: ProducersTab,
  route: RouteTab,
  config: ConfigTab,
};

export function TopicDetailPage({ instanceId, topic }: { instanceId: string; topic: string }) {
  const t = useT("topic");
  const navigate = useNavigate();
  const [search, patch] = useUrlState(topicSearch);
  const [since] = useState(startOfToday);
  const query = useQuery(
    api.topic.get.queryOptions({
      input: { instanceId, topic, since },
      refetchInterval: search.refresh ? search.refresh * 1000 : false,
    }),
  );
  const toList = () => void navigate({ to: "/instances/$instanceId/topics", params: { instanceId } });
  const close = () => patch({ open: undefined });
  return (
    <>
      <p className="rd-crumb">
        <Link to="/instances/$instanceId/topics" params={{ instanceId }}>
          {t("topics")}
        </Link>
      </p>
      {query.data ? (
        <Head instanceId={instanceId} overview={query.data} query={query} search={search} patch={patch} />
      ) : (
        <>
          <PageHeader title={topic} mono />
          {query.error ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <PanelSkeleton label={t("common:loading")} />
          )}
        </>
      )}
      {query.data ? (
        <UrlTabs
          label={topic}
          value={search.tab}
          onChange={(tab) => patch({ tab })}
          tabs={topicTabs.map((key) => {
            const Tab = tabs[key];
            return { key, label: t(`tab.${key}`), children: () => <Tab instanceId={instanceId} topic={topic} /> };
          })}
        />
      ) : null}
      <Suspense fallback={null}>
        {search.open === "edit" ? <EditDrawer instanceId={instanceId} topic={topic} onClose={close} /> : null}
        {search.open === "delete" ? (
          <DeleteDrawer instanceId={instanceId} topic={topic} onClose={close} onDeleted={toList} />
        ) : null}
      </Suspense>
    </>
  );
}

interface HeadProps {
  instanceId: string;
  overview: TopicOverview;
  query: { isFetching: boolean; refetch: () => Promise<unknown>; error: unknown };
  search: ReturnType<typeof topicSearch>;
  patch: ReturnType<typeof useUrlState<ReturnType<typeof topicSearch>>>[1];
}

function Head({ instanceId, overview, query, search, patch }: HeadProps) {
  const t = useT("topic");
  const mayUpdate = useCan("topic:update") && overview.kind !== "system" && !overview.routeOnly;
  const mayDelete = useCan("topic:delete") && overview.kind !== "system";
  const mayDial = useCan("message:send") && overview.kind === "normal" && !overview.routeOnly;
  return (
    <PageHeader
      title={overview.topic}
      mono
      aside={
        <>
          <CopyButton value={overview.topic} />
          {overview.messageType === null ? null : <TypeLabel topic={overview} />}
          <TopicMarks topic={overview} />
        </>
      }
      text={overview.remark}
      actions={
        <>
          <RefreshControl
            at={overview.at}
            everySeconds={search.refresh}
            refreshing={query.isFetching}
            onRefresh={() => void query.refetch()}
            onEvery={(refresh) => patch({ refresh })}
          />
          <Link
            className="rd-topic-link"
            to="/instances/$instanceId/messages"
            params={{ instanceId }}
            search={{ topic: overview.topic }}
          >
            {t("toMessages")}
          </Link>
          {mayDial ? (
            <Link
              className="rd-topic-link"
              to="/instances/$instanceId/dial-tests"
              params={{ instanceId }}
              search={{ topic: overview.topic }}
            >
              {t("common:nav.dialTests")}
            </Link>
          ) : null}
          {mayDelete ? (
            <Button danger onClick={() => patch({ open: "delete" })}>
              {t("common:delete")}
            </Button>
          ) : null}
          {mayUpdate ? <Button onClick={() => patch({ open: "edit" })}>{t("common:edit")}</Button> : null}
        </>
      }
    >
      {overview.routeOnly ? (
        <p className="rd-note rd-topic-note">{t("routeOnlyText")}</p>
      ) : (
        <Facts overview={overview} />
      )}
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} inline /> : null}
      <PartialStrip failures={overview.failures} onRetry={() => void query.refetch()} />
    </PageHeader>
  );
}

function Facts({ overview }: { overview: TopicOverview }) {
  const t = useT("topic");
  const fact = (key: string, value: ReactNode) => ({ label: t(key), value, title: t(`${key}Title`) });
  const sum = (value: string | number | null, as?: "rate") => (
    <SumNum value={value} as={as} atLeast={overview.atLeast} />
  );
  const { readQueues, writeQueues } = overview;
  return (
    <KeyFacts
      facts={[
        fact("stored", sum(overview.stored)),
        fact("historical", sum(overview.historical)),
        fact("producedToday", sum(overview.producedSince)),
        fact("tps", sum(overview.tps, "rate")),
        fact("lag", sum(overview.lag)),
        fact("lastStored", <Time at={overview.lastStoredAt} relative />),
        {
          label: t("queuesFact"),
          value:
            readQueues === null || writeQueues === null
              ? "–"
              : t("queuesReadWrite", { read: readQueues, write: writeQueues }),
        },
        { label: t("permission"), value: <PermLabel perm={overview.perm} /> },
      ]}
    />
  );
}
