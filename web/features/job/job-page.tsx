import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Copyable } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { JobProgress } from "../../components/job-progress.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useJobWords } from "../../lib/job.ts";
import { JobInstance } from "./job-instance.tsx";

export function JobPage({ jobId }: { jobId: string }) {
  const t = useT("job");
  const { data: job, error, refetch } = useQuery(api.job.get.queryOptions({ input: { jobId } }));
  const words = useJobWords(job ? [job.kind] : []);
  if (error && !job) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!job) return <PanelSkeleton label={t("common:loading")} />;
  return (
    <>
      <p className="rd-crumb">
        <Link to="/jobs">{t("jobs")}</Link>
      </p>
      <PageHeader title={words.title(job)}>
        <KeyFacts
          facts={[
            { label: t("id"), value: <Copyable value={job.id} /> },
            { label: t("instance"), value: <JobInstance job={job} /> },
            { label: t("startedBy"), value: job.startedBy },
            { label: t("createdAt"), value: <Time at={job.createdAt} /> },
            { label: t("startedAt"), value: <Time at={job.startedAt} /> },
            { label: t("finishedAt"), value: <Time at={job.finishedAt} /> },
          ]}
        />
      </PageHeader>
      <JobProgress jobId={jobId} />
    </>
  );
}
