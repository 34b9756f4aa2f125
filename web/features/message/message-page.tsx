import "./message.css";
import { lazy, Suspense } from "react";
import { PageHeader } from "../../components/page-header.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { IdTab } from "./id-tab.tsx";
import { KeyTab } from "./key-tab.tsx";
import { messageSearch, messageTabs } from "./message-search.ts";
import { OffsetTab } from "./offset-tab.tsx";
import { TimeTab } from "./time-tab.tsx";

const MessageDrawer = lazy(() => import("./message-drawer.tsx").then((m) => ({ default: m.MessageDrawer })));

const tabs = { time: TimeTab, key: KeyTab, id: IdTab, offset: OffsetTab };

/** Looking for messages: by time, key, id, or queue and offset. */
export function MessagePage({ instanceId }: { instanceId: string }) {
  const t = useT("message");
  const [search, patch] = useUrlState(messageSearch);
  return (
    <>
      <PageHeader title={t("messages")} />
      <UrlTabs
        label={t("messages")}
        value={search.tab}
        onChange={(tab) => patch({ tab, cursor: undefined, msg: undefined })}
        tabs={messageTabs.map((key) => {
          const Tab = tabs[key];
          return {
            key,
            label: t(`tab.${key}`),
            children: () => <Tab instanceId={instanceId} search={search} patch={patch} />,
          };
        })}
      />
      <Suspense fallback={null}>
        {search.msg === undefined ? null : (
          <MessageDrawer
            instanceId={instanceId}
            message={search.msg}
            group={search.group}
            onMove={(msg) => patch({ msg }, { replace: true })}
            onClose={() => patch({ msg: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}
