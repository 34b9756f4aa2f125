import { useQuery } from "@tanstack/react-query";
import { CHARTED_PRESET } from "../../components/charted-span.ts";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { TimeRange } from "../../components/time-range.tsx";
import type { TimeRangeSearch } from "../../lib/time-range.ts";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { BrokerTable } from "./broker-table.tsx";
import { OverviewCharts } from "./overview-charts.tsx";
import { OverviewFigures } from "./overview-figures.tsx";
import { LargestLags, LargestTopics } from "./overview-lists.tsx";

export interface OverviewPanelProps {
  instanceId: string;
  search: TimeRangeSearch;
  patch: (range: TimeRangeSearch) => void;
}

export function OverviewPanel({ instanceId, search, patch }: OverviewPanelProps) {
  const t = useT("overview");
  const summary = useQuery(api.overview.summary.queryOptions({ input: { instanceId }, refetchInterval: 10_000 }));
  return (
    <>
      <PartialStrip failures={summary.data?.failures ?? []} onRetry={() => void summary.refetch()} />
      <OverviewFigures instanceId={instanceId} />
      <div className="rd-range-line">
        <h2>{t("curves")}</h2>
        <TimeRange value={search} preset={CHARTED_PRESET} offer={["15m", "1h", "6h", "24h"]} onChange={patch} />
      </div>
      <OverviewCharts instanceId={instanceId} search={search} onRange={patch} />
      <div className="rd-cards rd-lists">
        <LargestLags instanceId={instanceId} />
        <LargestTopics instanceId={instanceId} />
      </div>
      <BrokerTable instanceId={instanceId} />
    </>
  );
}
