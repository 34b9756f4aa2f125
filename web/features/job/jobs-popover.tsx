import ScheduleOutlined from "@ant-design/icons/es/icons/ScheduleOutlined";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Popover } from "antd";
import { Suspense, useState } from "react";
import type { NamedJob } from "#contract/job.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { JobBar, JobFigures } from "../../components/job-bar.tsx";
import { JobStateTag } from "../../components/job-state.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded, useJobWords } from "../../lib/job.ts";
import { useCan } from "../../lib/session.ts";
import { JobLink } from "./job-link.tsx";

/** How many jobs run, and the latest with their progress. */
export function JobsPopover() {
  const t = useT();
  const may = useCan("job:read");
  const [open, setOpen] = useState(false);
  const jobs = useQuery(
    api.job.list.queryOptions({
      input: { page: 1, pageSize: 8 },
      enabled: may,
      refetchInterval: ({ state }) => (state.data?.items.some((job) => !hasEnded(job)) || open ? 1500 : 15_000),
    }),
  );
  const running = (jobs.data?.items ?? []).filter((job) => !hasEnded(job)).length;
  if (!may) return null;
  const content = (
    <div className="rd-jobs-popover">
      <Suspense fallback={<PanelSkeleton label={t("loading")} />}>
        {jobs.error && !jobs.data ? (
          <ErrorState error={jobs.error} inline />
        ) : (
          <JobLines jobs={jobs.data?.items ?? []} onGo={() => setOpen(false)} />
        )}
      </Suspense>
      <Link to="/jobs" onClick={() => setOpen(false)}>
        {t("jobs.all")}
      </Link>
    </div>
  );
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      arrow={false}
      destroyOnHidden
      content={content}
    >
      <button
        type="button"
        className="rd-icon-button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={t("jobs.label", { count: running })}
        title={t("jobs.label", { count: running })}
      >
        <ScheduleOutlined />
        {running > 0 ? <span className="rd-count">{running}</span> : null}
      </button>
    </Popover>
  );
}

function JobLines({ jobs, onGo }: { jobs: NamedJob[]; onGo: () => void }) {
  const t = useT();
  const words = useJobWords(jobs.map((job) => job.kind));
  if (jobs.length === 0) return <p className="rd-quiet">{t("jobs.none")}</p>;
  return (
    <ul>
      {jobs.map((job) => (
        <li key={job.id}>
          <JobLink job={job} onClick={onGo} className="rd-ellipsis" />
          <JobStateTag state={job.state} />
          <JobBar job={job} label={words.title(job)} />
          <span>
            <JobFigures job={job} />
            {job.instanceName === null ? null : <span className="rd-quiet"> · {job.instanceName}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
