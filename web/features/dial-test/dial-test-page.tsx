import "./dial-test.css";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { Job } from "#contract/job.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { JobProgress } from "../../components/job-progress.tsx";
import { KeyFacts, type Fact } from "../../components/key-facts.tsx";
import { TopicLink } from "../../components/links.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { hasEnded, useJobWords } from "../../lib/job.ts";
import { useCan } from "../../lib/session.ts";
import {
  figureOf,
  textOf,
  topicOf,
  useConsumeColumns,
  useLoadColumns,
  useProduceColumns,
  useRoundTripColumns,
} from "./row-columns.tsx";
import { isLoadTest, isProduceTest, isReadBack, isRoundTrip, searchOfJob, sends } from "./run-again.ts";
import { LoadSummary, RoundTripSummary } from "./run-summary.tsx";
import { StatusTable } from "./status-table.tsx";
import { TestSummary } from "./test-summary.tsx";
import { Name } from "../../components/name.tsx";

const msOf = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000);

interface DialTestRef {
  instanceId: string;
  jobId: string;
}

/** One test: what was asked for, how it goes, each message, and what its statuses mean. */
export function DialTestPage({ instanceId, jobId }: DialTestRef) {
  const t = useT("dial-test");
  const { data: job, error, refetch } = useQuery(api.job.get.queryOptions({ input: { jobId } }));
  return (
    <>
      <p className="rd-crumb">
        <Link to="/instances/$instanceId/dial-tests" params={{ instanceId }}>
          {t("dialTests")}
        </Link>
      </p>
      {job ? <Test instanceId={instanceId} job={job} /> : null}
      {!job && error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {!job && !error ? <PanelSkeleton label={t("common:loading")} /> : null}
    </>
  );
}

function Test({ instanceId, job }: { instanceId: string; job: Job }) {
  const words = useJobWords([job.kind]);
  return (
    <>
      <PageHeader title={words.title(job)} actions={<Actions instanceId={instanceId} job={job} />}>
        <Facts instanceId={instanceId} job={job} />
      </PageHeader>
      {isLoadTest(job) ? <LoadRun instanceId={instanceId} job={job} /> : <Messages instanceId={instanceId} job={job} />}
    </>
  );
}

function LoadRun({ instanceId, job }: { instanceId: string; job: Job }) {
  const columns = useLoadColumns();
  return (
    <JobProgress
      jobId={job.id}
      ownColumns={columns}
      summary={(watched) => <LoadSummary instanceId={instanceId} job={watched} />}
    />
  );
}

/** A test with a row for each message, and what their statuses mean. */
function Messages({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const produced = isProduceTest(job);
  const trip = isRoundTrip(job);
  const topic = topicOf(job);
  const type = textOf(job.params, "messageType");
  const produceColumns = useProduceColumns(instanceId, topic, type === "DELAY" || type === "TRANSACTION");
  const consumeColumns = useConsumeColumns(instanceId, topic);
  const tripColumns = useRoundTripColumns(instanceId, topic, job.params["makesTopic"] === true);
  const kind = produced ? "produce" : trip ? "roundTrip" : "consume";
  const columns = { produce: produceColumns, consume: consumeColumns, roundTrip: tripColumns };
  return (
    <>
      {produced ? <Note job={job} /> : null}
      <JobProgress
        jobId={job.id}
        ownColumns={columns[kind]}
        summary={(watched) => (trip ? <RoundTripSummary job={watched} /> : <TestSummary job={watched} />)}
      />
      <details className="rd-details rd-dial-legend">
        <summary>{t(`statusesOf.${kind}`)}</summary>
        <StatusTable kind={kind} />
      </details>
    </>
  );
}

/** Some messages are stored and yet not there to be read: said before anybody looks for them. */
function Note({ job }: { job: Job }) {
  const t = useT("dial-test");
  const type = textOf(job.params, "messageType");
  if (type === "TRANSACTION" && job.params["outcome"] === "rollback")
    return <p className="rd-note">{t("note.rollback")}</p>;
  if (type === "DELAY") return <p className="rd-note">{t("note.delay")}</p>;
  return type === "TRANSACTION" ? <p className="rd-note">{t("note.commit")}</p> : null;
}

function Actions({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const navigate = useNavigate();
  const maySend = useCan("message:send");
  const mayConsume = useCan("message:consume");
  const produced = isProduceTest(job);
  const go = (search: ReturnType<typeof searchOfJob>) =>
    void navigate({ to: "/instances/$instanceId/dial-tests", params: { instanceId }, search });
  const readBack = useMutation(
    api.dialTest.readBack.mutationOptions({
      onSuccess: ({ jobId }) =>
        navigate({ to: "/instances/$instanceId/dial-tests/$jobId", params: { instanceId, jobId } }),
    }),
  );
  const readable = produced && job.ok > 0 && job.params["outcome"] !== "rollback";
  return (
    <>
      {readBack.error ? <ErrorState error={readBack.error} inline /> : null}
      {readable && mayConsume && hasEnded(job) ? (
        <Button
          loading={readBack.isPending}
          onClick={() => readBack.mutate({ instanceId, topic: topicOf(job), jobId: job.id })}
        >
          {t("readBack")}
        </Button>
      ) : null}
      {!isReadBack(job) && (sends(job) ? maySend : mayConsume) ? (
        <Button onClick={() => go(searchOfJob(job))}>{t("runAgain")}</Button>
      ) : null}
    </>
  );
}

function Facts({ instanceId, job }: { instanceId: string; job: Job }) {
  const t = useT("dial-test");
  const format = useFormat();
  const { params } = job;
  const topic = topicOf(job);
  const text = (label: string, key: string): Fact | false => {
    const value = textOf(params, key);
    return value !== undefined && { label, value: <Name value={value} /> };
  };
  const ofProduce = (): (Fact | false)[] => [
    { label: t("messageType"), value: t(`type.${textOf(params, "messageType") ?? "NORMAL"}`) },
    params["ownBody"] === true
      ? { label: t("body"), value: t("ownBody") }
      : { label: t("size"), value: format.number(figureOf(params, "sizeKb")) },
    text(t("shardingKey"), "shardingKey"),
    text(t("tag"), "tag"),
    text(t("keys"), "keys"),
  ];
  const ofConsume = (): (Fact | false)[] => [
    { label: t("groupName"), value: textOf(params, "group") ?? t("noGroup") },
    { label: t("order"), value: t(`orders.${params["ordered"] === true ? "ordered" : "unordered"}`) },
    { label: t("mode"), value: t("pull") },
    {
      label: t("from"),
      value:
        params["from"] === "time" ? (
          <Time at={figureOf(params, "time")} />
        ) : (
          t(`fromWord.${textOf(params, "from") ?? "earliest"}`)
        ),
    },
    text(t("tags"), "tags"),
    { label: t("offsets"), value: t(params["commit"] === true ? "commits" : "commitsNot") },
  ];
  const ofReadBack = (): Fact[] => {
    const of = textOf(params, "of");
    if (of === undefined) return [];
    const run = (
      <Link to="/instances/$instanceId/dial-tests/$jobId" params={{ instanceId, jobId: of }}>
        {t("theRun")}
      </Link>
    );
    return [{ label: t("sentBy"), value: run }];
  };
  const size: Fact = { label: t("size"), value: format.number(figureOf(params, "sizeKb")) };
  const ofRoundTrip = (): (Fact | false)[] => [
    size,
    text(t("tag"), "tag"),
    { label: t("receiver"), value: t(`receivers.${textOf(params, "receiver") ?? "console"}`) },
    params["receiver"] === "group" && text(t("groupName"), "group"),
  ];
  const ofLoad = (): (Fact | false)[] => [
    params["rate"] === undefined
      ? { label: t("threads"), value: format.number(figureOf(params, "threads")) }
      : { label: t("rate"), value: format.number(figureOf(params, "rate")) },
    { label: t("duration"), value: format.duration(msOf(figureOf(params, "seconds"))) },
    size,
  ];
  const own = () => {
    if (isProduceTest(job)) return ofProduce();
    if (isRoundTrip(job)) return ofRoundTrip();
    if (isLoadTest(job)) return ofLoad();
    return isReadBack(job) ? ofReadBack() : ofConsume();
  };
  const facts = [
    {
      label: t("topic"),
      value: params["makesTopic"] === true ? t("newTopic") : <TopicLink instanceId={instanceId} topic={topic} />,
    },
    !isLoadTest(job) && { label: t("count"), value: format.number(figureOf(params, "count")) },
    ...own(),
    { label: t("startedBy"), value: job.startedBy },
    { label: t("createdAt"), value: <Time at={job.createdAt} relative /> },
  ];
  return <KeyFacts facts={facts.filter((fact) => fact !== false)} />;
}
