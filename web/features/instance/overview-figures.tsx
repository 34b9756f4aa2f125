import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Num } from "../../components/num.tsx";
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
      <Figure name="produceTps" value={<Num value={summary?.produceTps} as="rate" />} at={summary?.at} />
      <Figure name="consumeTps" value={<Num value={summary?.consumeTps} as="rate" />} at={summary?.at} />
      <Figure name="producedToday" value={<Num value={summary?.producedToday} />} at={summary?.at} />
      <Figure name="consumedToday" value={<Num value={summary?.consumedToday} />} at={summary?.at} />
      <Figure name="lag" value={<Num value={lags?.total} />} at={lags?.at} />
      <Figure name="stored" value={<Num value={messages?.stored} />} at={messages?.at} />
      <Figure name="historical" value={<Num value={messages?.historical} />} at={messages?.at} />
      <Figure name="topics" value={<Num value={messages?.topicCount} />} at={messages?.at} />
      <Figure name="consumerGroups" value={<Num value={clients?.consumerGroups} />} at={clients?.at} />
      <Figure name="producerGroups" value={<Num value={clients?.producerGroups} />} at={clients?.at} />
    </dl>
  );
}
