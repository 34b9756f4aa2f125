import { Button } from "antd";
import type { Job } from "#contract/job.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { hasEnded } from "../lib/job.ts";

/** Figures of an export, as `exportRange` tells them. */
const figure = (job: Job, name: string): number | undefined => {
  const value = job.summary?.[name];
  return typeof value === "number" ? value : undefined;
};

/** Whether there is a file to save. */
export const hasFile = (job: Job): boolean => hasEnded(job) && job.file !== undefined && job.file.bytes > 0;

/** Saves the file of a job that has ended; the browser writes it to the disk as it comes. */
export function SaveFile({ job }: { job: Job }) {
  const t = useT("job");
  return (
    <Button
      type="primary"
      size="small"
      href={`/api/jobs/${job.id}/file`}
      download={job.file?.name}
      title={job.file?.name}
    >
      {t("file.save")}
    </Button>
  );
}

/** The file that a job makes, and how far it is. */
export function JobFile({ job }: { job: Job }) {
  const t = useT("job");
  const format = useFormat();
  const { file } = job;
  if (file === undefined) return null;
  const [messages, of, marked] = [figure(job, "messages"), figure(job, "of"), figure(job, "marked") ?? 0];
  return (
    <div className="rd-job-file">
      <p>
        <span className="rd-wrap">{file.name}</span>{" "}
        <span className="rd-quiet rd-num">
          {format.bytes(file.bytes)}
          {messages === undefined || of === undefined
            ? null
            : ` · ${t("file.messages", { count: of, n: format.number(messages), of: format.number(of) })}`}
        </span>
      </p>
      {marked > 0 ? <p className="rd-note">{t("file.marked", { count: marked, n: format.number(marked) })}</p> : null}
      {file.full ? (
        <p className="rd-note" data-tone="bad">
          {t("file.full")}
        </p>
      ) : null}
    </div>
  );
}
