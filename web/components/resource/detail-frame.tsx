import "./resource.css";
import type { QueryKey, UseQueryResult } from "@tanstack/react-query";
import { Button } from "antd";
import { Suspense, type ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import type { Patch } from "../../lib/search.ts";
import { CopyButton } from "../copyable.tsx";
import { ErrorState } from "../error-state.tsx";
import { PageHeader } from "../page-header.tsx";
import { PartialStrip } from "../partial-strip.tsx";
import { RefreshControl } from "../refresh-control.tsx";
import { PanelSkeleton } from "../table-skeleton.tsx";
import { UrlTabs, type UrlTab } from "../url-tabs.tsx";
import { useRefresh } from "../use-refresh.ts";

interface Overview {
  remark: string;
  failures: Failure[];
  at: number;
}

interface DetailSearch<K extends string> {
  tab?: K;
  open?: "edit" | "delete" | "reset";
  refresh?: number;
}

interface DetailFrameProps<O extends Overview, K extends string> {
  name: string;
  /** The way back to the list. */
  crumb: ReactNode;
  query: UseQueryResult<O>;
  /** What all queries about this one thing begin with, those of the tabs too. */
  queryKey: QueryKey;
  search: DetailSearch<K>;
  patch: Patch<DetailSearch<K>>;
  head: (overview: O) => DetailHead;
  tabs: (overview: O) => UrlTab<K>[];
  /** What is wrong with it. */
  findings: ReactNode;
  /** The drawer that is open over the page. */
  drawer: ReactNode;
}

interface DetailHead {
  /** Beside the name: what it is. */
  marks: ReactNode;
  /** What else can be done, before editing and deleting. */
  actions?: ReactNode;
  mayEdit: boolean;
  mayDelete: boolean;
  /** Key facts, or why there are none. */
  facts: ReactNode;
}

/** One thing in full: name, key facts and actions, tabs that each fetch their own, and the drawer over it, under which the page stands still. */
export function DetailFrame<O extends Overview, K extends string>(props: DetailFrameProps<O, K>) {
  const { name, crumb, query, queryKey, search, patch, tabs, findings, drawer } = props;
  const t = useT();
  const refresh = useRefresh([queryKey], drawer ? undefined : search.refresh);
  const gone = query.error !== null && problemOf(query.error).status === 404;
  const overview = gone ? undefined : query.data;
  return (
    <>
      <p className="rd-crumb">{crumb}</p>
      {overview ? (
        <>
          <Head {...props} overview={overview} refresh={refresh} />
          {findings}
          <UrlTabs label={name} value={search.tab} onChange={(tab) => patch({ tab })} tabs={tabs(overview)} />
        </>
      ) : (
        <>
          <PageHeader title={name} />
          {query.error ? <ErrorState error={query.error} onRetry={refresh} /> : <PanelSkeleton label={t("loading")} />}
        </>
      )}
      <Suspense fallback={null}>{drawer}</Suspense>
    </>
  );
}

interface HeadProps<O extends Overview, K extends string> extends DetailFrameProps<O, K> {
  overview: O;
  refresh: () => void;
}

function Head<O extends Overview, K extends string>(props: HeadProps<O, K>) {
  const { name, query, search, patch, head, overview, refresh } = props;
  const t = useT();
  const { marks, actions, mayEdit, mayDelete, facts } = head(overview);
  return (
    <PageHeader
      title={name}
      aside={
        <>
          <CopyButton value={name} />
          {marks}
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
            onEvery={(seconds, options) => patch({ refresh: seconds }, options)}
          />
          {actions}
          {mayEdit ? <Button onClick={() => patch({ open: "edit" })}>{t("edit")}</Button> : null}
          {mayDelete ? (
            <Button danger className="rd-apart" onClick={() => patch({ open: "delete" })}>
              {t("delete")}
            </Button>
          ) : null}
        </>
      }
    >
      {facts}
      {query.error ? <ErrorState error={query.error} onRetry={refresh} inline /> : null}
      <PartialStrip failures={overview.failures} onRetry={refresh} />
    </PageHeader>
  );
}
