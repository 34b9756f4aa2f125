import { useQuery } from "@tanstack/react-query";
import { CurvePanel } from "../../components/curve-panel.tsx";
import { spanOptions, useSpan } from "../../components/curves.ts";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import type { TabProps } from "./group-progress-tab.tsx";
import { groupSearch } from "./group-search.ts";

export function TpsTab({ instanceId, group, overview }: TabProps) {
  const t = useT("group");
  const [search, patch] = useUrlState(groupSearch);
  const span = useSpan(search);
  const query = useQuery(
    api.group.curves.queryOptions({ input: { instanceId, group, ...span }, ...spanOptions(span) }),
  );
  const lag = t(overview.pop ? "ready" : "lag");
  return (
    <CurvePanel
      search={search}
      onRange={patch}
      span={span}
      query={query}
      note={t(overview.lagUnknown === "broadcasting" ? "curvesBroadcasting" : "curvesText")}
      plots={[
        { title: t("tpsChart"), unit: "rate", curves: [["consumeTps", t("consume")]] },
        { title: lag, unit: "number", curves: [["lag", lag]] },
      ]}
    />
  );
}
