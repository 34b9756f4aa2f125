import type { Job } from "#contract/job.ts";
import { useFormat } from "../lib/format.ts";
import { useT } from "../lib/i18n.ts";
import { hasEnded } from "../lib/job.ts";

/** Figures of an export, as `exportRange` tells them. */
const figure = (job: Job, name: string): number | undefined => {
  const value = job.summary?.[name];
  return typeof value === "number" ? value : undefined;
};

/** The file that a job makes: how far it is, and the way to save it once the job has ended; the browser writes it to the disk as it comes. */
export function JobFile({ job }: { job: Job }) {
  const t = useT("job");
  const format = useFormat();
  const { file } = job;
  if (file === undefined) return null;
  const [messages, of, marked] = [figure(job, "messages"), figure(job, "of"), figure(job, "marked") ?? 0];
  return (
    <div className="rd-job-file">
      <p>
        {hasEnded(job) && file.bytes > 0 ? (
          <a href={`/api/jobs/${job.id}/file`} download={file.name}>
            {t("file.save", { name: file.name })}
          </a>
        ) : (
          <span>{file.name}</span>
        )}{" "}
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
