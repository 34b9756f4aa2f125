import "./dial-test.css";
import { PageHeader } from "../../components/page-header.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { ConsumeForm } from "./consume-form.tsx";
import { dialTestsSearch, dialTabs } from "./dial-test-search.ts";
import { HistoryTab } from "./history-tab.tsx";
import { ProduceForm } from "./produce-form.tsx";
import { StatusesTab } from "./status-table.tsx";

const panels = { produce: ProduceForm, consume: ConsumeForm, history: HistoryTab, statuses: StatusesTab };

export function DialTestsPage({ instanceId }: { instanceId: string }) {
  const t = useT("dial-test");
  const [search, patch] = useUrlState(dialTestsSearch);
  const may = { produce: useCan("message:send"), consume: useCan("message:consume"), history: true, statuses: true };
  return (
    <>
      <PageHeader title={t("dialTests")} text={t("dialTestsText")} />
      <UrlTabs
        label={t("dialTests")}
        value={search.tab}
        onChange={(tab) => patch({ tab })}
        tabs={dialTabs
          .filter((key) => may[key])
          .map((key) => {
            const Panel = panels[key];
            return {
              key,
              label: t(`tab.${key}`),
              children: () => <Panel instanceId={instanceId} search={search} patch={patch} />,
            };
          })}
      />
    </>
  );
}
