import { CurvePanel } from "../../components/curve-panel.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { topicSearch } from "./topic-search.ts";
import type { TabProps } from "./topic-tabs.tsx";

export function TpsTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const [search, patch] = useUrlState(topicSearch);
  return (
    <CurvePanel
      search={search}
      patch={patch}
      curves={(span) => api.topic.curves.queryOptions({ input: { instanceId, topic, ...span } })}
      note={t("curvesText")}
      plots={[
        {
          title: t("tpsChart"),
          unit: "rate",
          curves: [
            ["producer_tps", t("produce")],
            ["topic_consumer_tps", t("consume")],
          ],
        },
      ]}
    />
  );
}
