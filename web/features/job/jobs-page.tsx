import type { NamedJob } from "#contract/job.ts";
import { JOB_STATES } from "#contract/rules/job.ts";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { JobBar, JobFigures } from "../../components/job-bar.tsx";
import { JobStateTag } from "../../components/job-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded, useJobWords } from "../../lib/job.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState } from "../../lib/search.ts";
import { JobInstance } from "./job-instance.tsx";
import { JobLink } from "./job-link.tsx";
import { jobListSearch } from "./job-search.ts";

const TIME_WIDTH = 112;

/** Its date over its time of day where it is older than a day. */
const TimeCell = ({ at }: { at: number | null }) => (
  <div className="rd-job-time">
    <Time at={at} relative />
  </div>
);

export function JobsPage() {
  const t = useT("job");
  const [search, patch] = useUrlState(jobListSearch);
  const input = { ...listInput(search), state: search.state };
  const list = useListQuery(api.job.list, input, (page) =>
    page?.items.some((job) => !hasEnded(job)) ? 2 : search.refresh,
  );
  const words = useJobWords((list.query.data?.items ?? []).map((job) => job.kind));
  const columns: Column<NamedJob>[] = [
    {
      key: "title",
      title: t("title"),
      render: (job) => <JobLink job={job} />,
    },
    { key: "state", title: t("stateHead"), render: (job) => <JobStateTag state={job.state} /> },
    {
      key: "instance",
      title: t("instance"),
      hideable: t("instance"),
      render: (job) => <JobInstance job={job} />,
    },
    {
      key: "progress",
      title: t("progress"),
      width: 220,
      render: (job) => (
        <div className="rd-job-cell">
          <JobBar job={job} label={words.title(job)} />
          <JobFigures job={job} />
        </div>
      ),
    },
    { key: "startedBy", title: t("startedBy"), hideable: t("startedBy"), render: (job) => job.startedBy },
    {
      key: "createdAt",
      title: t("createdAt"),
      hideable: t("createdAt"),
      width: TIME_WIDTH,
      render: (job) => <TimeCell at={job.createdAt} />,
    },
    {
      key: "finishedAt",
      title: t("finishedAt"),
      hideable: t("finishedAt"),
      width: TIME_WIDTH,
      render: (job) => <TimeCell at={job.finishedAt} />,
    },
  ];
  return (
    <>
      <PageHeader title={t("jobs")} text={t("jobsText")} />
      <DataTable
        id="jobs"
        label={t("jobs")}
        list={list}
        rowKey={(job) => job.id}
        columns={columns}
        search={search}
        onSearch={patch}
        filters={[
          {
            key: "state",
            label: t("stateHead"),
            options: JOB_STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          },
        ]}
        empty={{ title: t("empty.title"), text: t("empty.text") }}
      />
    </>
  );
}
