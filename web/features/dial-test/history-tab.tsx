import { Link } from "@tanstack/react-router";
import type { Job } from "#contract/job.ts";
import { JOB_STATES } from "#contract/rules/job.ts";
import { DataTable } from "../../components/data-table.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { JobBar, JobFigures } from "../../components/job-bar.tsx";
import { JobStateTag } from "../../components/job-state.tsx";
import { Num } from "../../components/num.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded, useJobWords } from "../../lib/job.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { dialKinds, type DialTestsSearch } from "./dial-test-search.ts";
import { figureOf } from "./row-columns.tsx";
import { isReadBack, searchOfJob, sends } from "./run-again.ts";

interface HistoryProps {
  instanceId: string;
  search: DialTestsSearch;
  patch: Patch<DialTestsSearch>;
}

/** The tests of this instance, newest first. */
export function HistoryTab({ instanceId, search, patch }: HistoryProps) {
  const t = useT(["dial-test", "job"]);
  const input = { ...listInput(search), instanceId, kind: search.kind ?? "dialTest", state: search.state };
  const list = useListQuery(api.job.list, input, (page) =>
    page?.items.some((job) => !hasEnded(job)) ? 2 : search.refresh,
  );
  return (
    <DataTable
      id="dial-tests"
      label={t("history")}
      list={list}
      rowKey={(job) => job.id}
      columns={useColumns(instanceId)}
      search={search}
      onSearch={patch}
      searchFor={t("historySearch")}
      filters={[
        {
          key: "kind",
          label: t("kind"),
          options: dialKinds.map((value) => ({ value, label: t(`kinds.${value.slice("dialTest.".length)}`) })),
        },
        {
          key: "state",
          label: t("job:stateHead"),
          options: JOB_STATES.map((value) => ({ value, label: t(`job:state.${value}`) })),
        },
      ]}
      empty={{ title: t("empty.title"), text: t("empty.text") }}
    />
  );
}

function useColumns(instanceId: string): Column<Job>[] {
  const t = useT(["dial-test", "job"]);
  const words = useJobWords(["dialTest.produce"]);
  return [
    {
      key: "title",
      title: t("test"),
      render: (job) => (
        <Link to="/instances/$instanceId/dial-tests/$jobId" params={{ instanceId, jobId: job.id }}>
          {words.title(job)}
        </Link>
      ),
    },
    { key: "state", title: t("job:stateHead"), width: 130, render: (job) => <JobStateTag state={job.state} /> },
    {
      key: "progress",
      title: t("job:progress"),
      width: 280,
      render: (job) => (
        <div className="rd-job-cell">
          <JobBar job={job} label={words.title(job)} />
          <JobFigures job={job} />
        </div>
      ),
    },
    {
      key: "p99",
      title: t("latencyHead", { which: t("latencyOf.p99") }),
      hideable: t("latencyHead", { which: t("latencyOf.p99") }),
      align: "right",
      render: (job) => <Num value={figureOf(job.summary, "p99")} />,
    },
    { key: "startedBy", title: t("startedBy"), hideable: t("startedBy"), render: (job) => job.startedBy },
    {
      key: "createdAt",
      title: t("createdAt"),
      hideable: t("createdAt"),
      render: (job) => <Time at={job.createdAt} relative />,
    },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      render: (job) => <RunAgain instanceId={instanceId} job={job} />,
    },
  ];
}

function RunAgain({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const maySend = useCan("message:send");
  const mayConsume = useCan("message:consume");
  if (isReadBack(job) || !(sends(job) ? maySend : mayConsume)) return null;
  return (
    <Link to="/instances/$instanceId/dial-tests" params={{ instanceId }} search={searchOfJob(job)}>
      {t("runAgain")}
    </Link>
  );
}
