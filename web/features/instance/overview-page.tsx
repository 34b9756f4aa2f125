import MoreOutlined from "@ant-design/icons/es/icons/MoreOutlined";
import { useIsFetching, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { Suspense, lazy } from "react";
import type { Instance } from "#contract/instance.ts";
import { Copyable } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { InstanceStateTag } from "../../components/instance-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { RefreshControl } from "../../components/refresh-control.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { useRefresh } from "../../components/use-refresh.ts";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { InstanceDetails } from "./instance-details.tsx";
import { overviewSearch } from "./instance-search.ts";
import { TagList } from "./instance-tags.tsx";
import { OverviewPanel } from "./overview-panel.tsx";
import { RemoveInstance } from "./remove-instance.tsx";
import "./instance.css";

const EditDrawer = lazy(() => import("./edit-drawer.tsx").then((m) => ({ default: m.EditDrawer })));
const ConnectionDrawer = lazy(() => import("./connection-drawer.tsx").then((m) => ({ default: m.ConnectionDrawer })));
const RetentionDrawer = lazy(() => import("./retention-drawer.tsx").then((m) => ({ default: m.RetentionDrawer })));

type Search = ReturnType<typeof overviewSearch>;
type Open = NonNullable<Search["open"]>;

function Actions({ onOpen }: { onOpen: (open: Open) => void }) {
  const t = useT("instance");
  const mayUpdate = useCan("instance:update");
  const mayRemove = useCan("instance:delete");
  const items = [
    ...(mayUpdate ? (["connection", "retention"] as const) : []),
    ...(mayRemove ? (["remove"] as const) : []),
  ].map((key) => ({ key, label: t(`${key}.action`), danger: key === "remove", onClick: () => onOpen(key) }));
  return (
    <>
      {mayUpdate ? <Button onClick={() => onOpen("edit")}>{t("edit.action")}</Button> : null}
      {items.length > 0 ? (
        <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
          <Button icon={<MoreOutlined />} aria-label={t("common:more")} title={t("common:more")} />
        </Dropdown>
      ) : null}
    </>
  );
}

interface HeadProps {
  instance: Instance;
  search: Search;
  patch: Patch<Search>;
  onOpen: (open: Open) => void;
}

const USUAL_SECONDS = 10;

function Head({ instance, search, patch, onOpen }: HeadProps) {
  const t = useT("instance");
  const { tab, refresh: everySeconds, open } = search;
  const of = { input: { instanceId: instance.id } };
  const { overview, finding, history } = api;
  const swept = [overview.summary, overview.brokers, overview.messages, overview.lags].map((row) => row.key(of));
  const isDetails = tab === "details";
  const refresh = useRefresh(
    isDetails ? [api.instance.get.key(of)] : [...swept, finding.key(of), api.instance.get.key(of)],
    open ? undefined : (everySeconds ?? USUAL_SECONDS),
    // These ask the brokers, or move on with the clock by themselves.
    isDetails ? [api.instance.storage.key(of)] : [overview.clients.key(of), history.key(of)],
  );
  const refreshing = useIsFetching({ queryKey: isDetails ? api.instance.key(of) : overview.key(of) }) > 0;
  return (
    <PageHeader
      title={instance.name}
      aside={
        <>
          <InstanceStateTag state={instance.state} />
          <TagList tags={instance.tags} />
        </>
      }
      text={instance.description || undefined}
      actions={
        <>
          <RefreshControl
            at={undefined}
            everySeconds={everySeconds}
            usualSeconds={USUAL_SECONDS}
            refreshing={refreshing}
            onRefresh={refresh}
            onEvery={isDetails ? undefined : (seconds, options) => patch({ refresh: seconds }, options)}
          />
          <Actions onOpen={onOpen} />
        </>
      }
    >
      <KeyFacts
        facts={[
          { label: t("field.cluster"), value: instance.clusterName ?? "–" },
          { label: t("field.version"), value: instance.version ?? "–" },
          {
            label: t("field.brokers"),
            value:
              instance.masters === null || instance.slaves === null
                ? "–"
                : t("brokersOf", { masters: instance.masters, slaves: instance.slaves }),
          },
          { label: t("field.namesrv"), value: <Copyable value={instance.namesrvAddrs.join(";")} /> },
          { label: t("field.stateAt"), value: <Time at={instance.stateAt} relative /> },
        ]}
      />
    </PageHeader>
  );
}

function Drawers({ instance, open, onClose }: { instance: Instance; open: Open | undefined; onClose: () => void }) {
  const navigate = useNavigate();
  const mayUpdate = useCan("instance:update");
  const mayRemove = useCan("instance:delete");
  return (
    <Suspense fallback={null}>
      {open === "edit" && mayUpdate ? <EditDrawer instance={instance} onClose={onClose} /> : null}
      {open === "connection" && mayUpdate ? <ConnectionDrawer instance={instance} onClose={onClose} /> : null}
      {open === "retention" && mayUpdate ? <RetentionDrawer instance={instance} onClose={onClose} /> : null}
      {open === "remove" && mayRemove ? (
        <RemoveInstance
          instance={instance}
          onClose={onClose}
          onRemoved={() => void navigate({ to: "/instances", search: {} })}
        />
      ) : null}
    </Suspense>
  );
}

/** What an instance is and how it does. */
export function OverviewPage({ instanceId }: { instanceId: string }) {
  const t = useT(["instance", "overview"]);
  const [search, patch] = useUrlState(overviewSearch);
  const { data, error, refetch } = useQuery(api.instance.get.queryOptions({ input: { instanceId } }));
  if (data === undefined) {
    return error ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <PanelSkeleton label={t("common:loading")} />
    );
  }
  const open = (what: Open) => patch({ open: what });
  return (
    <>
      <Head instance={data} search={search} patch={patch} onOpen={open} />
      <UrlTabs<"overview" | "details">
        label={data.name}
        value={search.tab}
        onChange={(tab) => patch({ tab: tab === "details" ? tab : undefined })}
        tabs={[
          {
            key: "overview",
            label: t("overview:tab"),
            children: () => <OverviewPanel key={instanceId} instanceId={instanceId} search={search} patch={patch} />,
          },
          {
            key: "details",
            label: t("details.tab"),
            children: () => <InstanceDetails instance={data} onOpen={open} />,
          },
        ]}
      />
      <Drawers instance={data} open={search.open} onClose={() => patch({ open: undefined })} />
    </>
  );
}
