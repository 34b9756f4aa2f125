import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import { Num, SumNum } from "../../components/num.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface FigureProps {
  /** Key of its name and, under `why`, of what it means. */
  name: string;
  value: ReactNode;
  at: number | undefined;
}

function Figure({ name, value, at }: FigureProps) {
  const t = useT("overview");
  return (
    <div className="rd-figure" title={t(`why.${name}`)}>
      <dt>{t(`figure.${name}`)}</dt>
      <dd>
        {value}
        {at === undefined ? null : <Time at={at} relative />}
      </dd>
    </div>
  );
}

const partial = (part: { failures: Failure[] } | undefined) => (part?.failures.length ?? 0) > 0;

/** What the instance does now and holds, each figure with its meaning on hover and its own time. */
export function OverviewFigures({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const often = { input: { instanceId }, refetchInterval: 10_000 };
  const { data: summary } = useQuery(api.overview.summary.queryOptions(often));
  const { data: clients } = useQuery(
    api.overview.clients.queryOptions({ input: { instanceId }, refetchInterval: 30_000 }),
  );
  const { data: messages } = useQuery(api.overview.messages.queryOptions(often));
  const { data: lags } = useQuery(api.overview.lags.queryOptions(often));
  return (
    <dl className="rd-figures" aria-label={t("figures")}>
      <Figure
        name="produceTps"
        value={<SumNum value={summary?.produceTps} as="rate" atLeast={partial(summary)} />}
        at={summary?.at}
      />
      <Figure
        name="consumeTps"
        value={<SumNum value={summary?.consumeTps} as="rate" atLeast={partial(summary)} />}
        at={summary?.at}
      />
      <Figure
        name="producedToday"
        value={<SumNum value={summary?.producedToday} atLeast={partial(summary)} />}
        at={summary?.at}
      />
      <Figure
        name="consumedToday"
        value={<SumNum value={summary?.consumedToday} atLeast={partial(summary)} />}
        at={summary?.at}
      />
      <Figure
        name="lag"
        value={
          <>
            <SumNum value={lags?.lag} atLeast={partial(lags)} />
            {lags === undefined || lags.neverConsumed === "0" ? null : (
              <span className="rd-backlog-more" title={t("common:backlog.neverConsumedText")}>
                + <Num value={lags.neverConsumed} /> {t("common:backlog.neverConsumed")}
              </span>
            )}
          </>
        }
        at={lags?.at}
      />
      <Figure name="stored" value={<SumNum value={messages?.stored} atLeast={partial(messages)} />} at={messages?.at} />
      <Figure
        name="historical"
        value={<SumNum value={messages?.historical} atLeast={partial(messages)} />}
        at={messages?.at}
      />
      <Figure
        name="topics"
        value={<SumNum value={messages?.topicCount} atLeast={partial(messages)} />}
        at={messages?.at}
      />
      <Figure
        name="consumerGroups"
        value={<SumNum value={clients?.consumerGroups} atLeast={partial(clients)} />}
        at={clients?.at}
      />
      <Figure
        name="producerGroups"
        value={<SumNum value={clients?.producerGroups} atLeast={partial(clients)} />}
        at={clients?.at}
      />
    </dl>
  );
}
