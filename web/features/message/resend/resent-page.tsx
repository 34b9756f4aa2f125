import "./resend.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import type { Job, JobRow } from "#contract/job.ts";
import type { MessagePlace } from "#contract/message.ts";
import type { ResentFate } from "#contract/resend.ts";
import { JobProgress, type JobColumn } from "../../../components/job-progress.tsx";
import { CopyButton } from "../../../components/copyable.tsx";
import { CutId } from "../../../components/cut.tsx";
import { JobRowTag } from "../../../components/job-state.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { GroupLink, MessageLink } from "../../../components/links.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { PartialStrip } from "../../../components/partial-strip.tsx";
import { PanelSkeleton } from "../../../components/table-skeleton.tsx";
import { api } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { hasEnded, useJobWords } from "../../../lib/job.ts";
import { useCan } from "../../../lib/session.ts";
import { visible } from "../../../lib/visible.ts";
import { MessageNav } from "../message-nav.tsx";
import { readRow, readTask, type ResendTask } from "./resend-rows.ts";
import { FateTag } from "./resend-words.tsx";

const ResendDrawer = lazy(() => import("./resend-drawer.tsx").then((m) => ({ default: m.ResendDrawer })));

interface PageProps {
  instanceId: string;
  jobId: string;
}

/** What a resend did, row by row, and what became of each message for the group that had given it up. */
export function ResentPage({ instanceId, jobId }: PageProps) {
  const t = useT("resend");
  const { data: job, error, refetch } = useQuery(api.job.get.queryOptions({ input: { jobId } }));
  const words = useJobWords(["resend.deadLetters"]);
  if (error && !job) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!job) return <PanelSkeleton label={t("common:loading")} />;
  return (
    <>
      <PageHeader title={words.title(job)} />
      <MessageNav instanceId={instanceId} />
      <Resent instanceId={instanceId} job={job} onEnd={() => void refetch()} />
    </>
  );
}

/** So often what became of messages is asked again, and so many times at most. */
const AGAIN_MS = 3000;
const MOST = 100;

function Resent({ instanceId, job, onEnd }: { instanceId: string; job: Job; onEnd: () => void }) {
  const task = readTask(job);
  const { group } = task;
  const ended = hasEnded(job);
  const fates = useQuery(
    api.resend.fates.queryOptions({
      input: { instanceId, group, jobId: job.id },
      enabled: ended && group !== "",
      refetchInterval: ({ state }) =>
        state.data !== undefined && isOver(state.data.items) ? false : state.dataUpdateCount < MOST && AGAIN_MS,
    }),
  );
  const byRow = new Map(fates.data?.items.map(({ n, fate }) => [n, fate]));
  return (
    <>
      {fates.error ? <ErrorState error={fates.error} onRetry={() => void fates.refetch()} inline /> : null}
      {fates.data ? <PartialStrip failures={fates.data.failures} onRetry={() => void fates.refetch()} /> : null}
      <JobProgress
        jobId={job.id}
        ownColumns={useColumns(instanceId, byRow)}
        summary={(now) => <Became task={task} fates={fates.data} instanceId={instanceId} job={now} />}
        onEnd={onEnd}
      />
    </>
  );
}

const isOver = (items: readonly { fate: ResentFate }[]) =>
  items.every(({ fate }) => !["waiting", "retrying", "unknown"].includes(fate));

const FATES = ["consumed", "passed", "waiting", "retrying", "deadAgain", "filtered", "unknown"] as const;

interface BecameProps {
  instanceId: string;
  task: ResendTask;
  fates: { items: readonly { fate: ResentFate }[]; sent: number } | undefined;
  job: Job;
}

/** Whether a sample took all that there was: where something failed, or could not be read, there may be more. */
const wasAll = ({ limit, places, matching }: ResendTask, { state }: Job): boolean => {
  const of = places === undefined ? matching : String(places.length);
  return limit !== undefined && of !== undefined && BigInt(of) <= BigInt(limit) && state === "succeeded";
};

/** How many came to which end, and the way to the rest. */
function Became({ instanceId, task, fates, job }: BecameProps) {
  const t = useT("resend");
  const format = useFormat();
  const maySend = useCan("message:send");
  const [open, setOpen] = useState(false);
  const { group, target, from, to, places, limit } = task;
  const items = fates?.items ?? [];
  const toldOfAll = fates !== undefined && fates.sent <= items.length;
  const dead = toldOfAll && items.length > 0 && items.every(({ fate }) => fate === "deadAgain");
  const sampled = limit !== undefined && hasEnded(job);
  const nothingLeft = wasAll(task, job);
  const counts = FATES.map((fate) => ({ fate, n: items.filter((one) => one.fate === fate).length }));
  return (
    <div className="rd-resent">
      <p>
        {t("for")} <GroupLink instanceId={instanceId} group={group} /> ·{" "}
        <Link to="/instances/$instanceId/messages/dead-letters" params={{ instanceId }} search={{ group }}>
          {t("itsDeadLetters")}
        </Link>
      </p>
      {items.length === 0 ? null : (
        <p className="rd-resent-fates" role="status">
          {counts
            .filter(({ n }) => n > 0)
            .map(({ fate, n }) => (
              <span key={fate}>
                <FateTag fate={fate} /> <span className="rd-num">{format.number(n)}</span>
              </span>
            ))}
        </p>
      )}
      {fates !== undefined && fates.sent > items.length ? (
        <p className="rd-quiet">{t("fatesOfFirst", { count: items.length, n: format.number(fates.sent) })}</p>
      ) : null}
      {dead ? (
        <p className="rd-note" data-tone="warn" role="status">
          {t("allDead", { count: items.length, n: format.number(items.length) })}
        </p>
      ) : null}
      {sampled && nothingLeft ? <p className="rd-quiet">{t("nothingLeft")}</p> : null}
      {sampled && !nothingLeft && maySend ? (
        <p>
          <Button type={dead ? "default" : "primary"} onClick={() => setOpen(true)}>
            {t("theRest")}
          </Button>{" "}
          <span className="rd-quiet">{t(places === undefined ? "theRestText" : "theRestSelected")}</span>
        </p>
      ) : null}
      <Suspense fallback={null}>
        {open ? (
          <ResendDrawer
            instanceId={instanceId}
            group={group}
            places={places}
            from={from}
            to={to}
            before={target}
            onClose={() => setOpen(false)}
          />
        ) : null}
      </Suspense>
    </div>
  );
}

function useColumns(instanceId: string, fates: ReadonlyMap<number, ResentFate>): JobColumn[] {
  const t = useT("resend");
  const words = useJobWords(["resend.deadLetters"]);
  const link = (place: MessagePlace | undefined, id: string) =>
    place === undefined ? (
      <span className="rd-mono">{id}</span>
    ) : (
      <MessageLink instanceId={instanceId} place={place} id={id} />
    );
  const copyLink = (place: MessagePlace | undefined, id: string) => (
    <span className="rd-copyable rd-resent-id">
      {place === undefined ? (
        <span className="rd-mono">
          <CutId id={visible(id)} />
        </span>
      ) : (
        <MessageLink instanceId={instanceId} place={place} id={id} />
      )}
      <CopyButton value={id} />
    </span>
  );
  return [
    {
      key: "letter",
      title: t("letter"),
      width: 180,
      ellipsis: true,
      render: (row) => link(readRow(row).letter, row.key),
    },
    {
      key: "fate",
      title: t("became"),
      width: 160,
      render: ({ n }) => {
        const fate = fates.get(n);
        return fate === undefined ? "–" : <FateTag fate={fate} />;
      },
    },
    {
      key: "copy",
      title: t("sentAs"),
      width: 140,
      render: (row) => {
        const { sentTo, msgId } = readRow(row);
        return msgId === undefined ? "–" : copyLink(sentTo, msgId);
      },
    },
    { key: "state", title: t("state"), width: 110, render: (row) => <JobRowTag state={row.state} /> },
    {
      key: "detail",
      title: t("detail"),
      render: (row: JobRow) => words.code("resend.deadLetters", row.code, row.detail),
    },
  ];
}
