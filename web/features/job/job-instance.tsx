import type { NamedJob } from "#contract/job.ts";
import { InstanceLink } from "../../components/links.tsx";
import { useT } from "../../lib/i18n.ts";

/** The instance that a job works on: the same topics may be in several. */
export function JobInstance({ job }: { job: NamedJob }) {
  const t = useT("job");
  if (job.instanceId === null) return "–";
  if (job.instanceName === null) return <span className="rd-quiet">{t("instanceGone")}</span>;
  return <InstanceLink instance={{ id: job.instanceId, name: job.instanceName }} />;
}
