import type { Job, JobRow } from "#contract/job.ts";
import { useT } from "../lib/i18n.ts";
import { StateTag, type Tone } from "./state-tag.tsx";

const jobTones: Record<Job["state"], Tone> = {
  queued: "wait",
  running: "busy",
  succeeded: "good",
  empty: "warn",
  partial: "warn",
  failed: "bad",
  cancelled: "off",
  interrupted: "warn",
};

const rowTones: Record<JobRow["state"], Tone> = {
  running: "busy",
  ok: "good",
  skipped: "off",
  failed: "bad",
  cancelled: "off",
  unknown: "unknown",
};

export function JobStateTag({ state }: { state: Job["state"] }) {
  const t = useT("job");
  return (
    <StateTag tone={jobTones[state]} title={t(`stateTitle.${state}`)}>
      {t(`state.${state}`)}
    </StateTag>
  );
}

export function JobRowTag({ state }: { state: JobRow["state"] }) {
  const t = useT("job");
  return (
    <StateTag tone={rowTones[state]} title={t(`rowTitle.${state}`)}>
      {t(`row.${state}`)}
    </StateTag>
  );
}
