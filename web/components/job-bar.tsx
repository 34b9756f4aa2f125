import type { Job } from "#contract/job.ts";
import { useFormat, useNow } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { hasEnded } from "../lib/job.ts";
import "./job-bar.css";

/** Bar of a job that runs, in three parts: done, skipped, failed; without a known total it only moves. */
export function JobBar({ job, label }: { job: Job; label: string }) {
  const share = (n: number): string => `${job.total ? (100 * n) / job.total : 0}%`;
  if (hasEnded(job)) return null;
  return (
    <div
      className="rd-job-bar"
      data-unknown={job.total === null}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={job.total ?? undefined}
      aria-valuenow={job.total === null ? undefined : job.done}
    >
      <span data-part="ok" style={{ width: share(job.ok) }} />
      <span data-part="skipped" style={{ width: share(job.skipped) }} />
      <span data-part="failed" style={{ width: share(job.failed) }} />
    </div>
  );
}

/** Counts, rate, elapsed and left: "1,200 of 2,000 · 340/s · 2 s left". */
export function JobFigures({ job }: { job: Job }) {
  const t = useT("job");
  const format = useFormat();
  const now = useNow();
  const elapsed = job.startedAt === null ? 0 : (job.finishedAt ?? now) - job.startedAt;
  const perSecond = elapsed > 0 ? (job.done * 1000) / elapsed : null;
  const secondsLeft = !hasEnded(job) && job.total !== null && perSecond ? (job.total - job.done) / perSecond : 0;
  const parts = [
    job.total === null
      ? t("doneCount", { done: format.number(job.done) })
      : t("doneOf", { done: format.number(job.done), total: format.number(job.total) }),
    job.skipped > 0 ? t("skippedCount", { count: job.skipped, n: format.number(job.skipped) }) : "",
    job.failed > 0 ? t("failedCount", { count: job.failed, n: format.number(job.failed) }) : "",
    perSecond !== null && job.done > 0 ? t("rate", { rate: format.rate(perSecond) }) : "",
    secondsLeft > 0 ? t("left", { time: format.duration(Math.ceil(secondsLeft) * 1000) }) : "",
    elapsed > 0 && hasEnded(job) ? t("took", { time: format.duration(elapsed) }) : "",
  ];
  return <span className="rd-num">{parts.filter(Boolean).join(" · ")}</span>;
}
