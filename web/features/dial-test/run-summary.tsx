import type { ReactNode } from "react";
import type { Job } from "#contract/job.ts";
import { KeyFacts, type Fact } from "../../components/key-facts.tsx";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { SubTable } from "../../components/sub-table.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded } from "../../lib/job.ts";
import { isRecord, useMs } from "./figures.ts";
import { LoadCharts } from "./load-charts.tsx";
import { figureOf, textOf } from "./row-columns.tsx";
import { Committed } from "./test-summary.tsx";

const percentiles = ["p50", "p90", "p99", "max"] as const;

/** What a test made is gone with it, or is still being removed. */
function Made({ job }: { job: Job }) {
  const t = useT("dial-test");
  const { params, summary } = job;
  const makes = params["makesTopic"] === true || params["receiver"] === "made" || params["consume"] === true;
  if (!makes || !hasEnded(job)) return null;
  const left = summary?.["left"];
  // A console that was killed could not say what became of it.
  if (!Array.isArray(left))
    return <p className="rd-note">{t(job.state === "interrupted" ? "madeSwept" : "madeGone")}</p>;
  return (
    <p className="rd-note" data-tone="warn">
      {t("madeLeft")} <Name value={left.map(String).join(", ")} />
    </p>
  );
}

function useLatencyFacts() {
  const t = useT("dial-test");
  const ms = useMs();
  return (figures: Job["summary"], of: "endToEnd" | "send"): Fact[] =>
    percentiles.flatMap((key) => {
      const value = figureOf(figures, key);
      const label = t(`latencyFor.${of}`, { which: t(`latencyOf.${key}`) });
      return value === undefined ? [] : [{ label, value: ms(value), title: t(`latencyTitleOf.${of}`) }];
    });
}

/** Figures of a round trip: what came, what did not, and how long it took, queue by queue. */
export function RoundTripSummary({ job }: { job: Job }) {
  const t = useT("dial-test");
  const format = useFormat();
  const latency = useLatencyFacts();
  const { summary, params } = job;
  const count = (key: string): Fact => ({ label: t(`trip.${key}`), value: <Num value={figureOf(summary, key)} /> });
  const notCommitted = figureOf(summary, "notCommitted");
  return (
    <>
      {summary === null || figureOf(summary, "messages") === undefined ? null : (
        <>
          <KeyFacts facts={[count("messages"), count("lost"), count("duplicates"), count("outOfOrder")]} />
          <KeyFacts facts={latency(summary, "endToEnd")} />
          <PerQueue summary={summary} />
        </>
      )}
      {params["commit"] === true ? <Committed job={job} /> : null}
      {notCommitted !== undefined && notCommitted > 0 ? (
        <p className="rd-note" data-tone="warn">
          {t("notCommitted", { count: notCommitted, n: format.number(notCommitted) })}
        </p>
      ) : null}
      <Made job={job} />
    </>
  );
}

function PerQueue({ summary }: { summary: Record<string, unknown> }) {
  const t = useT("dial-test");
  const queues = Array.isArray(summary["queues"]) ? summary["queues"].filter(isRecord) : [];
  const placeOf = (queue: Record<string, unknown>) =>
    `${textOf(queue, "brokerName") ?? ""}:${figureOf(queue, "queueId") ?? ""}`;
  if (queues.length === 0) return null;
  return (
    <details className="rd-details">
      <summary>{t("perQueue")}</summary>
      <SubTable
        caption={t("perQueue")}
        rows={queues}
        rowKey={placeOf}
        columns={[
          [t("queue"), (queue) => <Name value={placeOf(queue)} />],
          [t("received"), (queue) => <Num value={figureOf(queue, "messages")} />],
          ...percentiles.map((key): [string, (queue: Record<string, unknown>) => ReactNode] => [
            t("latencyHead", { which: t(`latencyOf.${key}`) }),
            (queue) => <Num value={figureOf(queue, key)} />,
          ]),
        ]}
      />
    </details>
  );
}

/** Figures and curves of a load test. */
export function LoadSummary({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const format = useFormat();
  const latency = useLatencyFacts();
  const { summary, params } = job;
  const sends = summary?.["send"];
  const refused = summary?.["failures"];
  const failures = Object.entries(isRecord(refused) ? refused : {});
  const facts: (Fact | false)[] = [
    { label: t("sent"), value: <Num value={figureOf(summary, "sent")} /> },
    { label: t("sendFailures"), value: <Num value={figureOf(summary, "sendFailures")} /> },
    params["consume"] === true && { label: t("received"), value: <Num value={figureOf(summary, "messages")} /> },
    { label: t("bytes"), value: <Num value={figureOf(summary, "bytes")} as="bytes" /> },
    { label: t("meanRate"), value: <Num value={figureOf(summary, "perSecond")} as="rate" /> },
  ];
  const [sent, received] = [figureOf(summary, "sent"), figureOf(summary, "messages")];
  const missing = sent === undefined || received === undefined ? undefined : sent - received;
  return (
    <>
      {summary === null ? null : (
        <>
          <KeyFacts facts={facts.filter((fact) => fact !== false)} />
          <KeyFacts facts={[...(isRecord(sends) ? latency(sends, "send") : []), ...latency(summary, "endToEnd")]} />
        </>
      )}
      {summary?.["reached"] === false ? (
        <p className="rd-note" data-tone="warn">
          {t("notReached", {
            rate: format.number(figureOf(params, "rate")),
            got: format.rate(figureOf(summary, "perSecond")),
          })}
        </p>
      ) : null}
      {hasEnded(job) && missing !== undefined && missing > 0 ? (
        <p className="rd-note" data-tone="warn">
          {t(job.state === "succeeded" || job.state === "partial" ? "loadMissing" : "loadUnread", {
            count: missing,
            n: format.number(missing),
          })}
        </p>
      ) : null}
      {failures.length === 0 ? null : (
        <p className="rd-note" data-tone="bad">
          {t("failedBy")}{" "}
          <span className="rd-mono">{failures.map(([code, n]) => `${code} × ${String(n)}`).join(", ")}</span>
        </p>
      )}
      <Made job={job} />
      <LoadCharts key={hasEnded(job) ? "ended" : "runs"} instanceId={instanceId} job={job} />
    </>
  );
}
