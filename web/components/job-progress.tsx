import { useMutation } from "@tanstack/react-query";
import { Button, Input, Segmented, Table, theme, type TableProps } from "antd";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { Job, JobRow } from "#contract/job.ts";
import { api, client } from "../lib/api.ts";
import { useFormat } from "../lib/format.ts";
import { useListQuery } from "../lib/list-query.ts";
import { saveFile } from "../lib/save-file.ts";
import { useT } from "../lib/i18n.ts";
import { hasEnded, useJob, useJobWords } from "../lib/job.ts";
import { useCan, useUser } from "../lib/session.ts";
import { ErrorState } from "./error-state.tsx";
import { JobBar, JobFigures } from "./job-bar.tsx";
import { hasFile, JobFile, SaveFile } from "./job-file.tsx";
import { JobRowKey, subjectOf } from "./job-row-key.tsx";
import { faultsOf, RowFaults } from "./row-faults.tsx";
import { JobRowTag, JobStateTag } from "./job-state.tsx";
import { PanelSkeleton } from "./table-skeleton.tsx";
import { Time } from "./time.tsx";
import "./grid-table.css";
import "./job-progress.css";

export interface JobColumn {
  key: string;
  title: ReactNode;
  render: (row: JobRow) => ReactNode;
  align?: "left" | "right";
  width?: number;
  ellipsis?: boolean;
}

interface JobProgressProps {
  jobId: string;
  /** Heading of the row's key: topic, line, message. */
  keyTitle?: string;
  /** What the kind of job adds to its rows, behind what came of them. */
  columns?: JobColumn[];
  /** In place of the row's key, result, detail and time, where the kind of job has better words for them. */
  ownColumns?: JobColumn[];
  /** Figures of `job.summary`, between the bar and the rows. */
  summary?: (job: Job) => ReactNode;
  onEnd?: (job: Job) => void;
}

/** A job as it goes: bar, counts, rate, time left, cancel, a page of its rows, and the file of its results. */
export function JobProgress({ jobId, keyTitle, columns, ownColumns, summary, onEnd }: JobProgressProps) {
  const t = useT("job");
  const format = useFormat();
  const { job, error } = useJob(jobId);
  const ended = job !== undefined && hasEnded(job);
  const tell = useRef(onEnd);
  const toldOf = useRef<string>(undefined);
  useEffect(() => {
    tell.current = onEnd;
  });
  useEffect(() => {
    if (!ended || !job || toldOf.current === job.id) return;
    toldOf.current = job.id;
    tell.current?.(job);
  }, [ended, job]);
  if (error !== undefined) return <ErrorState error={error} />;
  if (!job) return <PanelSkeleton label={t("common:loading")} />;
  return (
    <section className="rd-job" aria-label={t("progress")}>
      <JobHead job={job} ended={ended} />
      {job.error ? <JobFault job={job} /> : null}
      {job.storeError ? (
        <p className="rd-note" data-tone="bad" role="alert">
          {t("storeError", { why: job.storeError })}
        </p>
      ) : null}
      {job.state === "interrupted" ? <p className="rd-note">{t("interruptedNote")}</p> : null}
      {summary?.(job)}
      <JobFile job={job} />
      {job.filed ? <p className="rd-note">{t("filed", { count: job.filed, n: format.number(job.filed) })}</p> : null}
      {job.dropped ? (
        <p className="rd-note" data-tone="bad">
          {t(job.fileFault ? "unwritable" : "dropped", {
            count: job.dropped,
            n: format.number(job.dropped),
            why: job.fileFault,
          })}
        </p>
      ) : null}
      {ownColumns ? (
        <JobRows job={job} columns={ownColumns} />
      ) : (
        <UsualRows job={job} keyTitle={keyTitle ?? t(`about.${subjectOf(job) ?? "row"}`)} columns={columns ?? []} />
      )}
    </section>
  );
}

function JobHead({ job, ended }: { job: Job; ended: boolean }) {
  const t = useT("job");
  const isOwn = useUser()?.username === job.startedBy;
  const mayCancel = useCan("job:cancel") || isOwn;
  const cancel = useMutation(api.job.cancel.mutationOptions());
  const download = useMutation({ mutationFn: async () => saveFile(await client.job.download({ jobId: job.id })) });
  return (
    <>
      <div className="rd-job-head">
        <span role="status" aria-live="polite">
          <JobStateTag state={job.state} />
        </span>
        <JobFigures job={job} />
        <span className="rd-job-buttons">
          {!ended && mayCancel ? (
            <Button
              size="small"
              loading={cancel.isPending || cancel.isSuccess}
              onClick={() => cancel.mutate({ jobId: job.id })}
            >
              {t("cancel")}
            </Button>
          ) : null}
          {ended && job.done > 0 ? (
            <Button
              size="small"
              type={hasFile(job) ? "text" : "default"}
              loading={download.isPending}
              onClick={() => download.mutate()}
            >
              {t(hasFile(job) ? "downloadRows" : "download")}
            </Button>
          ) : null}
          {hasFile(job) ? <SaveFile job={job} /> : null}
        </span>
      </div>
      <JobBar job={job} label={t("progress")} />
      {cancel.error ? <ErrorState error={cancel.error} inline /> : null}
      {download.error ? <ErrorState error={download.error} inline /> : null}
    </>
  );
}

function JobFault({ job }: { job: Job }) {
  const words = useJobWords([job.kind]);
  if (!job.error) return null;
  return (
    <p className="rd-note" data-tone="bad">
      {words.code(job.kind, job.error.code, job.error.detail)}
      {job.error.detail ? <span className="rd-mono rd-wrap"> {job.error.detail}</span> : null}
    </p>
  );
}

type RowFilter = "all" | "failed" | "skipped";

interface JobRowsProps {
  job: Job;
  columns: JobColumn[];
}

function UsualRows({ job, keyTitle, columns }: JobRowsProps & { keyTitle: string }) {
  const t = useT("job");
  const words = useJobWords([job.kind]);
  const usual: JobColumn[] = [
    {
      key: "key",
      title: keyTitle,
      width: KEY_WIDTH,
      ellipsis: true,
      render: (row) => <JobRowKey job={job} row={row} />,
    },
    { key: "state", title: t("rowState"), width: 120, render: (row) => <JobRowTag state={row.state} /> },
    {
      key: "detail",
      title: t("detail"),
      render: (row) => {
        const faults = faultsOf(row.data);
        if (faults !== undefined) return <RowFaults faults={faults} />;
        return <span title={row.detail}>{words.code(job.kind, row.code, row.detail)}</span>;
      },
    },
    ...columns,
    { key: "at", title: t("at"), width: 160, render: (row) => <Time at={row.at} /> },
  ];
  return <JobRows job={job} columns={usual} />;
}

const NUMBER_WIDTH = 64;
const KEY_WIDTH = 200;
/** What a column without a width of its own needs at least. */
const LEAST_WIDTH = 240;
const PAGE_ROWS = 100;
const statesOf: Record<RowFilter, JobRow["state"][] | undefined> = {
  all: undefined,
  failed: ["failed", "unknown"],
  skipped: ["skipped"],
};

function JobRows({ job, columns }: JobRowsProps) {
  const t = useT("job");
  const { token } = theme.useToken();
  const [filter, setFilter] = useState<RowFilter>("all");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(1);
  const ended = hasEnded(job);
  const filters = (["all", "failed", "skipped"] as const).filter((of) => of === "all" || job[of] > 0);
  const input = { jobId: job.id, states: statesOf[filter], search: search || undefined, page, pageSize: PAGE_ROWS };
  const { query } = useListQuery(api.job.rows, input, ended ? undefined : 1);
  const all: NonNullable<TableProps<JobRow>["columns"]> = [
    {
      key: "n",
      title: "#",
      width: NUMBER_WIDTH,
      align: "right",
      render: (_, row) => <span className="rd-num rd-quiet">{row.n}</span>,
    },
    ...columns.map((column) => ({ ...column, render: (_: unknown, row: JobRow) => column.render(row) })),
  ];
  const least = columns.reduce((sum, { width = LEAST_WIDTH }) => sum + width, NUMBER_WIDTH);
  const rows = query.data?.items ?? [];
  const total = query.data?.total ?? 0;
  return (
    <div className="rd-job-rows">
      {filters.length > 1 || job.done > PAGE_ROWS ? (
        <div className="rd-job-filter">
          {filters.length > 1 ? (
            <Segmented<RowFilter>
              size="small"
              value={filter}
              onChange={(value) => {
                setFilter(value);
                setPage(1);
              }}
              options={filters.map((value) => ({ value, label: t(`${value}Rows`) }))}
            />
          ) : null}
          <Input.Search
            size="small"
            allowClear
            maxLength={255}
            aria-label={t("searchRows")}
            placeholder={t("searchRows")}
            onSearch={(text) => {
              setSearch(text.trim());
              setPage(1);
            }}
          />
        </div>
      ) : null}
      {query.error ? <ErrorState error={query.error} inline /> : null}
      <div className="rd-table">
        <Table<JobRow>
          size="small"
          virtual
          aria-label={t("rows")}
          rowKey={(row) => row.n}
          columns={all}
          dataSource={rows}
          pagination={
            total > PAGE_ROWS && {
              current: page,
              pageSize: PAGE_ROWS,
              total,
              onChange: setPage,
              showSizeChanger: false,
              size: "small",
            }
          }
          // A row may have two lines.
          scroll={{ x: least, y: Math.min(480, token.controlHeightLG * Math.max(3, 2 * rows.length)) }}
          locale={{ emptyText: ended ? t("noRows") : t("waiting") }}
        />
      </div>
    </div>
  );
}
