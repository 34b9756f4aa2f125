import { Link } from "@tanstack/react-router";
import type { NamedJob } from "#contract/job.ts";
import { useT } from "../../lib/i18n.ts";

/** The instance that a job works on: the same topics may be in several. */
export function JobInstance({ job }: { job: NamedJob }) {
  const t = useT("job");
  if (job.instanceId === null) return "–";
  if (job.instanceName === null) return <span className="rd-quiet">{t("instanceGone")}</span>;
  return (
    <Link to="/instances/$instanceId/overview" params={{ instanceId: job.instanceId }}>
      {job.instanceName}
    </Link>
  );
}
