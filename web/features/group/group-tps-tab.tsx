import { CurvePanel } from "../../components/curve-panel.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import type { TabProps } from "./group-progress-tab.tsx";
import { groupSearch } from "./group-search.ts";

export function TpsTab({ instanceId, group, overview }: TabProps) {
  const t = useT("group");
  const [search, patch] = useUrlState(groupSearch);
  const lag = t(overview.pop ? "ready" : "common:backlog.lag");
  return (
    <CurvePanel
      search={search}
      patch={patch}
      curves={(span) => api.group.curves.queryOptions({ input: { instanceId, group, ...span } })}
      note={t(overview.lagUnknown === "broadcasting" ? "curvesBroadcasting" : "curvesText")}
      plots={[
        { title: t("tpsChart"), unit: "rate", curves: [["consumer_tps", t("consume")]] },
        { title: lag, unit: "number", curves: [["group_diff", lag]] },
      ]}
    />
  );
}
