import { Link } from "@tanstack/react-router";
import type { NamedJob } from "#contract/job.ts";
import { Cut, isLong } from "../../components/cut.tsx";
import { useJobWords } from "../../lib/job.ts";

interface JobLinkProps {
  job: NamedJob;
  onClick?: () => void;
  className?: string;
}

/** A job by its title, leading to its page within its instance; a test's page says more of it. */
export function JobLink({ job, ...rest }: JobLinkProps) {
  const { id: jobId, instanceId } = job;
  const title = useJobWords([job.kind]).title(job);
  const all = { ...rest, "aria-label": isLong(title) ? title : undefined };
  if (instanceId === null || job.instanceName === null) {
    return (
      <Link to="/jobs/$jobId" params={{ jobId }} {...all}>
        <Cut text={title} />
      </Link>
    );
  }
  const isTest = job.kind.startsWith("dialTest.");
  return (
    <Link
      to={isTest ? "/instances/$instanceId/dial-tests/$jobId" : "/instances/$instanceId/jobs/$jobId"}
      params={{ instanceId, jobId }}
      {...all}
    >
      <Cut text={title} />
    </Link>
  );
}
