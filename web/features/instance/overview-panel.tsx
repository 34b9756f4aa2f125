import { CHARTED_PRESET } from "../../components/charted-span.ts";
import { Findings } from "../../components/findings.tsx";
import { useKeptRange } from "../../components/kept-range.ts";
import { TimeRange } from "../../components/time-range.tsx";
import type { Patch } from "../../lib/search.ts";
import type { TimeRangeSearch } from "../../lib/time-range.ts";
import { useT } from "../../lib/i18n.ts";
import { BrokerTable } from "./broker-table.tsx";
import { OverviewCharts } from "./overview-charts.tsx";
import { OverviewFigures } from "./overview-figures.tsx";
import { LargestLags, LargestTopics } from "./overview-lists.tsx";
import { Welcome } from "./welcome.tsx";

export interface OverviewPanelProps {
  instanceId: string;
  search: TimeRangeSearch;
  patch: Patch<TimeRangeSearch>;
}

/** What is wrong, what is furthest behind, then how it came to be. */
export function OverviewPanel({ instanceId, search, patch }: OverviewPanelProps) {
  const t = useT("overview");
  const [range, onRange] = useKeptRange(search, patch);
  return (
    <>
      <Findings instanceId={instanceId} />
      <Welcome instanceId={instanceId} />
      <OverviewFigures instanceId={instanceId} />
      <div className="rd-cards rd-lists">
        <LargestLags instanceId={instanceId} />
        <BrokerTable instanceId={instanceId} />
      </div>
      <div className="rd-range-line">
        <h2>{t("curves")}</h2>
        <TimeRange value={range} preset={CHARTED_PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={onRange} />
      </div>
      <OverviewCharts instanceId={instanceId} search={range} onRange={onRange} />
      <LargestTopics instanceId={instanceId} />
    </>
  );
}
