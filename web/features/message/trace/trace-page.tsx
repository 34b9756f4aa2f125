import "../message.css";
import "./trace.css";
import { PageHeader } from "../../../components/page-header.tsx";
import { UrlTabs } from "../../../components/url-tabs.tsx";
import { useT } from "../../../lib/i18n.ts";
import { useUrlState } from "../../../lib/search.ts";
import { MessageNav } from "../message-nav.tsx";
import { TraceById } from "./trace-by-id.tsx";
import { TraceByKey } from "./trace-by-key.tsx";
import { traceSearch } from "./trace-search.ts";

/** Traces of messages, by an id or a key, in any trace topic. */
export function TracePage({ instanceId }: { instanceId: string }) {
  const t = useT("trace");
  const [search, patch] = useUrlState(traceSearch);
  const props = { instanceId, search, patch };
  return (
    <>
      <PageHeader title={t("title")} />
      <MessageNav instanceId={instanceId} />
      <UrlTabs
        label={t("trace")}
        value={search.tab}
        onChange={(tab) => patch({ tab })}
        tabs={[
          { key: "id", label: t("byId"), children: () => <TraceById {...props} /> },
          { key: "key", label: t("byKey"), children: () => <TraceByKey {...props} /> },
        ]}
      />
    </>
  );
}
