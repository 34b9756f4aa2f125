import "./csv-import.css";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Fragment, useState } from "react";
import type { ImportCheck } from "#contract/csv-import.ts";
import type { JobRow } from "#contract/job.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { JobProgress, type JobColumn } from "../../components/job-progress.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { useT } from "../../lib/i18n.ts";
import { problemOf } from "../../lib/problem.ts";
import { useUrlState, type Patch } from "../../lib/search.ts";
import { importOf, type Imported } from "./import-api.ts";
import { ImportCheckView } from "./import-check.tsx";
import { importSearch, type ImportSearch } from "./import-search.ts";
import { ImportUpload } from "./import-upload.tsx";

interface ImportPageProps {
  instanceId: string;
  what: Imported;
}

/** From a file to its dry run to its job; each step is in the URL. */
export function ImportPage({ instanceId, what }: ImportPageProps) {
  const t = useT("csv-import");
  const [search, patch] = useUrlState(importSearch);
  const step = search.job !== undefined ? "job" : search.check !== undefined ? "check" : "upload";
  const [ended, setEnded] = useState<string>();
  const queryClient = useQueryClient();
  const show = (check: ImportCheck) => {
    queryClient.setQueryData(importOf[what].rows.get.queryKey({ input: { instanceId, checkId: check.id } }), check);
    patch({ check: check.id, page: undefined });
  };
  const restart = () =>
    patch({ check: undefined, job: undefined, state: undefined, search: undefined, page: undefined });
  return (
    <>
      <p className="rd-crumb">
        <Link to={importOf[what].list} params={{ instanceId }}>
          {t(`${what}.list`)}
        </Link>
      </p>
      <PageHeader
        title={t(`${what}.title`)}
        text={step === "job" && ended === search.job ? undefined : t(`step.${step}`)}
        actions={step === "upload" ? null : <Button onClick={restart}>{t("otherFile")}</Button>}
      />
      {step === "upload" ? <ImportUpload instanceId={instanceId} what={what} onChecked={show} /> : null}
      {step === "check" && search.check !== undefined ? (
        <Checked instanceId={instanceId} what={what} checkId={search.check} search={search} patch={patch} show={show} />
      ) : null}
      {search.job === undefined ? null : (
        <Imports instanceId={instanceId} what={what} jobId={search.job} onEnd={setEnded} />
      )}
    </>
  );
}

interface CheckedProps extends ImportPageProps {
  checkId: string;
  search: ImportSearch;
  patch: Patch<ImportSearch>;
  show: (check: ImportCheck) => void;
}

function Checked({ instanceId, what, checkId, search, patch, show }: CheckedProps) {
  const t = useT("csv-import");
  const { rows, calls } = importOf[what];
  const { data, error, refetch } = useQuery(rows.get.queryOptions({ input: { instanceId, checkId } }));
  const start = useMutation({
    mutationKey: [what, "start", checkId],
    mutationFn: () => calls.start({ instanceId, checkId }),
  });
  const showJob = ({ jobId }: { jobId: string }) =>
    patch({ job: jobId, page: undefined, search: undefined, state: undefined });
  if (error && !data) {
    return (
      <>
        <ErrorState error={error} onRetry={problemOf(error).retry ? () => void refetch() : undefined} />
        <div className="rd-after-error">
          <ImportUpload instanceId={instanceId} what={what} onChecked={show} />
        </div>
      </>
    );
  }
  if (!data) return <PanelSkeleton label={t("common:loading")} />;
  return (
    <ImportCheckView
      instanceId={instanceId}
      what={what}
      check={data}
      search={search}
      patch={patch}
      onRechecked={show}
      starting={start.isPending}
      startError={start.error}
      onStart={() => start.mutate(undefined, { onSuccess: showJob })}
    />
  );
}

const textOf = (row: JobRow, key: string): string => {
  const value = row.data?.[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

/** Lines end between the names, not within one. */
const Brokers = ({ of }: { of: string }) =>
  of.split(";").map((name, index, { length }) => (
    <Fragment key={name}>
      <span className="rd-import-broker">
        <Name value={index < length - 1 ? `${name},` : name} />
      </span>{" "}
    </Fragment>
  ));

function Imports({ instanceId, what, jobId, onEnd }: ImportPageProps & { jobId: string; onEnd: (id: string) => void }) {
  const t = useT("csv-import");
  const queryClient = useQueryClient();
  const { list, forget, columns } = importOf[what];
  const added: JobColumn[] = [
    {
      key: "line",
      title: t("column.line"),
      width: 64,
      align: "right",
      render: (row) => <Name value={textOf(row, "line")} />,
    },
    {
      key: "created",
      title: t("column.created"),
      width: 144,
      render: (row) => <Brokers of={textOf(row, "created")} />,
    },
  ];
  return (
    <>
      <JobProgress
        jobId={jobId}
        keyTitle={columns[0]}
        columns={added}
        summary={({ ok, skipped }) => (
          <KeyFacts
            facts={[
              { label: t("imported"), value: <Num value={ok} /> },
              { label: t("leftOut"), value: <Num value={skipped} /> },
            ]}
          />
        )}
        onEnd={({ id }) => {
          onEnd(id);
          void queryClient.invalidateQueries({ queryKey: forget() });
        }}
      />
      <p className="rd-import-next">
        <Link to={list} params={{ instanceId }}>
          {t(`${what}.toList`)}
        </Link>
        <Link to="/jobs/$jobId" params={{ jobId }}>
          {t("toJob")}
        </Link>
      </p>
    </>
  );
}
