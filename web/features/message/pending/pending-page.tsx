import "../message.css";
import "./pending.css";
import { PageHeader } from "../../../components/page-header.tsx";
import { UrlTabs } from "../../../components/url-tabs.tsx";
import { PENDING_DEPTH_MAX } from "#contract/rules/limits.ts";
import { useT } from "../../../lib/i18n.ts";
import { useUrlState } from "../../../lib/search.ts";
import { MessageNav } from "../message-nav.tsx";
import { DiscardedTab } from "./discarded-tab.tsx";
import { HalfTab } from "./half-tab.tsx";
import { pendingSearch, pendingTabs } from "./pending-search.ts";
import { TimedTab } from "./timed-tab.tsx";

const tabs = { timed: TimedTab, half: HalfTab, discarded: DiscardedTab };

/** Messages that nobody can consume yet: those that wait for their time, and halves of transactions. */
export function PendingPage({ instanceId }: { instanceId: string }) {
  const t = useT("pending");
  const [search, patch] = useUrlState(pendingSearch);
  const depth = Math.min(Math.max(search.depth ?? 1, 1), PENDING_DEPTH_MAX);
  return (
    <>
      <PageHeader title={t("title")} />
      <MessageNav instanceId={instanceId} />
      <UrlTabs
        label={t("title")}
        value={search.tab}
        onChange={(tab) => patch({ tab, depth: undefined, hour: undefined })}
        tabs={pendingTabs.map((key) => {
          const Tab = tabs[key];
          return {
            key,
            label: t(`tab.${key}`),
            children: () => (
              <Tab
                instanceId={instanceId}
                depth={depth}
                onDepth={(next) => patch({ depth: next }, { replace: true })}
              />
            ),
          };
        })}
      />
    </>
  );
}
