import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Failure } from "#contract/list.ts";
import type { ClusterMetric } from "#contract/metrics.ts";
import { CHARTED_PRESET, spanOptions, useChartedSpan } from "../../components/charted-span.ts";
import { SumNum } from "../../components/num.tsx";
import { Spark } from "../../components/spark.tsx";
import { firstKnown } from "../../components/spark-lines.ts";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface FigureProps {
  /** Key of its name and, under `why`, of what it means. */
  name: string;
  value: ReactNode;
  /** Beside a figure that matters most. */
  spark?: ReactNode;
}

function Figure({ name, value, spark }: FigureProps) {
  const t = useT("overview");
  return (
    <div className="rd-figure" title={t(`why.${name}`)} data-large={spark !== undefined}>
      <dt>{t(`figure.${name}`)}</dt>
      <dd>
        <span>{value}</span>
        {spark}
      </dd>
    </div>
  );
}

const sparked: ClusterMetric[] = ["consumer_lag_messages", "broker_tps", "broker_qps"];

/** The last hour of a figure of the cluster. */
function useSparks(instanceId: string): (metric: ClusterMetric) => ReactNode {
  const t = useT("overview");
  const { from, to, step } = useChartedSpan({});
  const { data } = useQuery(
    api.history.series.queryOptions({
      input: { instanceId, metrics: sparked, from, to, step },
      staleTime: step,
      ...spanOptions({ to }),
    }),
  );
  return (metric) => {
    const values = data?.series.find((one) => one.metric === metric)?.values ?? [];
    return (
      <Spark
        label={t("trendOf", { range: t(`common:range.${CHARTED_PRESET}`) })}
        values={values.slice(Math.max(0, firstKnown([values])))}
      />
    );
  };
}

const partial = (part: { failures: Failure[] } | undefined) => (part?.failures.length ?? 0) > 0;

/** What the instance does now and holds, each figure with its meaning on hover; they are as old as the oldest of them. */
export function OverviewFigures({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const of = { input: { instanceId } };
  const { data: summary } = useQuery(api.overview.summary.queryOptions(of));
  const { data: clients } = useQuery(
    api.overview.clients.queryOptions({ input: { instanceId }, refetchInterval: 30_000 }),
  );
  const { data: messages } = useQuery(api.overview.messages.queryOptions(of));
  const { data: lags } = useQuery(api.overview.lags.queryOptions(of));
  const spark = useSparks(instanceId);
  const times = [summary?.at, messages?.at, lags?.at, clients?.at].flatMap((at) => at ?? []);
  const figure = (name: string, value: string | number | null | undefined, of: { failures: Failure[] } | undefined) => (
    <Figure name={name} value={<SumNum value={value} atLeast={partial(of)} />} />
  );
  return (
    <section aria-label={t("figures")}>
      <dl className="rd-figures">
        <Figure
          name="lag"
          spark={spark("consumer_lag_messages")}
          value={
            <>
              <SumNum value={lags?.lag} atLeast={partial(lags)} />
              {lags === undefined || lags.neverConsumed === "0" ? null : (
                <span className="rd-backlog-more" title={t("common:backlog.neverConsumedText")}>
                  + <SumNum value={lags.neverConsumed} atLeast={partial(lags)} /> {t("neverConsumed")}
                </span>
              )}
            </>
          }
        />
        <Figure
          name="produceTps"
          spark={spark("broker_tps")}
          value={<SumNum value={summary?.produceTps} as="rate" atLeast={partial(summary)} />}
        />
        <Figure
          name="consumeTps"
          spark={spark("broker_qps")}
          value={<SumNum value={summary?.consumeTps} as="rate" atLeast={partial(summary)} />}
        />
      </dl>
      <dl className="rd-figures rd-figures-line">
        {figure("producedToday", summary?.producedToday, summary)}
        {figure("consumedToday", summary?.consumedToday, summary)}
        {figure("stored", messages?.stored, messages)}
        {figure("historical", messages?.historical, messages)}
        {figure("topics", messages?.topicCount, messages)}
        {figure("consumerGroups", clients?.consumerGroups, clients)}
        {figure("producerGroups", clients?.producerGroups, clients)}
        {times.length === 0 ? null : (
          <div className="rd-figure">
            <dt>{t("asOf")}</dt>
            <dd>
              <Time at={Math.min(...times)} relative />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
