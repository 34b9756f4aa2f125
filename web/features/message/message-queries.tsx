import "./message.css";
import { lazy, Suspense } from "react";
import { UnreadableNote } from "../../components/unreadable-note.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { useT } from "../../lib/i18n.ts";
import { IdTab } from "./id-tab.tsx";
import { KeyTab } from "./key-tab.tsx";
import type { MessageParts } from "./message-parts.ts";
import { messageTabs } from "./message-search.ts";
import { OffsetTab } from "./offset-tab.tsx";
import type { QueryTabProps } from "./query-form.tsx";
import { TimeTab } from "./time-tab.tsx";

const MessageDrawer = lazy(() => import("./message-drawer.tsx").then((m) => ({ default: m.MessageDrawer })));

const tabs = { time: TimeTab, key: KeyTab, id: IdTab, offset: OffsetTab };

/** Ways to look for messages, and the one that is open. */
export function MessageQueries({ parts, ...props }: QueryTabProps & { parts: MessageParts }) {
  const { instanceId, search, patch, ofTopic } = props;
  const t = useT("message");
  return (
    <>
      {ofTopic === true || search.topic === undefined ? null : (
        <UnreadableNote instanceId={instanceId} topic={search.topic} />
      )}
      <UrlTabs
        label={t("messages")}
        value={search.tab}
        onChange={(tab) => patch({ tab, cursor: undefined, msg: undefined })}
        tabs={messageTabs.map((key) => {
          const Tab = tabs[key];
          return { key, label: t(`tab.${key}`), children: () => <Tab {...props} /> };
        })}
      />
      <Suspense fallback={null}>
        {search.msg === undefined ? null : (
          <MessageDrawer
            instanceId={instanceId}
            message={search.msg}
            group={search.group}
            parts={parts}
            onMove={(msg) => patch({ msg }, { replace: true })}
            onClose={() => patch({ msg: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}
