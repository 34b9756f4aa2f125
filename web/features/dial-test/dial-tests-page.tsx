import "./dial-test.css";
import { PageHeader } from "../../components/page-header.tsx";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { ConsumeForm } from "./consume-form.tsx";
import { dialTestsSearch, dialTabs } from "./dial-test-search.ts";
import { HistoryTab } from "./history-tab.tsx";
import { LoadForm } from "./load-form.tsx";
import { ProduceForm } from "./produce-form.tsx";
import { RoundTripForm } from "./round-trip-form.tsx";
import { StatusesTab } from "./status-table.tsx";

const panels = {
  produce: ProduceForm,
  consume: ConsumeForm,
  roundTrip: RoundTripForm,
  load: LoadForm,
  history: HistoryTab,
  statuses: StatusesTab,
};

export function DialTestsPage({ instanceId }: { instanceId: string }) {
  const t = useT("dial-test");
  const [search, patch] = useUrlState(dialTestsSearch);
  const [produce, consume] = [useCan("message:send"), useCan("message:consume")];
  const both = produce && consume;
  const may = { produce, consume, roundTrip: both, load: both, history: true, statuses: true };
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
