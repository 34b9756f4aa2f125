import "../message.css";
import "./dead-letter.css";
import { lazy, Suspense } from "react";
import { UrlTabs } from "../../../components/url-tabs.tsx";
import { useT } from "../../../lib/i18n.ts";
import type { DeadLettersProps } from "./dead-letter-parts.ts";
import { deadLetterTabs } from "./dead-letter-search.ts";
import { DeadLettersById } from "./dead-letters-by-id.tsx";
import { DeadLettersByTime } from "./dead-letters-by-time.tsx";

const MessageDrawer = lazy(() => import("../message-drawer.tsx").then((m) => ({ default: m.MessageDrawer })));

const tabs = { time: DeadLettersByTime, id: DeadLettersById };

/** Dead letters of one group: by when they became such, or by ids. */
export function DeadLetters(props: DeadLettersProps) {
  const { instanceId, group, search, patch, parts } = props;
  const t = useT("dead-letter");
  return (
    <>
      <UrlTabs
        label={t("deadLetters")}
        value={search.by}
        onChange={(by) => patch({ by, cursor: undefined, msg: undefined })}
        tabs={deadLetterTabs.map((key) => {
          const Tab = tabs[key];
          return { key, label: t(`by.${key}`), children: () => <Tab key={group} {...props} /> };
        })}
      />
      <Suspense fallback={null}>
        {search.msg === undefined ? null : (
          <MessageDrawer
            instanceId={instanceId}
            message={search.msg}
            group={group}
            parts={parts.message}
            onMove={(msg) => patch({ msg }, { replace: true })}
            onClose={() => patch({ msg: undefined })}
          />
        )}
        {search.let === undefined ? null : (
          <parts.TopicEdit
            instanceId={instanceId}
            topic={`%DLQ%${group}`}
            perm={6}
            onClose={() => patch({ let: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}
