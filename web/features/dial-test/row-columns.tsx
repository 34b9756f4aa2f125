import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Job, JobRow } from "#contract/job.ts";
import { Copyable } from "../../components/copyable.tsx";
import type { JobColumn } from "../../components/job-progress.tsx";
import { Num } from "../../components/num.tsx";
import { Time } from "../../components/time.tsx";
import { useT } from "../../lib/i18n.ts";
import { RowStatus } from "./row-status.tsx";
import type { TestKind } from "./status-words.ts";

export const textOf = (data: Record<string, unknown> | null | undefined, key: string): string | undefined => {
  const value = data?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};
export const figureOf = (data: Record<string, unknown> | null | undefined, key: string): number | undefined => {
  const value = data?.[key];
  return typeof value === "number" ? value : undefined;
};

interface Cells {
  instanceId: string;
  topic: string;
  kind: TestKind;
}

function MessageLink({ instanceId, topic, id }: { instanceId: string; topic: string; id: string }) {
  return (
    <Copyable value={id}>
      <Link to="/instances/$instanceId/messages" params={{ instanceId }} search={{ tab: "id", topic, id }} title={id}>
        {id}
      </Link>
    </Copyable>
  );
}

const mono = (value: string | undefined): ReactNode => (
  <span className="rd-mono" title={value}>
    {value ?? ""}
  </span>
);

/** What both kinds of test show of a message: id, status, topic, broker, queue, offset. */
function useSharedColumns({ instanceId, topic, kind }: Cells) {
  const t = useT("dial-test");
  const id = (row: JobRow): ReactNode => {
    const msgId = textOf(row.data, "msgId");
    return msgId === undefined ? (
      mono(row.key === topic ? undefined : row.key)
    ) : (
      <MessageLink instanceId={instanceId} topic={topic} id={msgId} />
    );
  };
  return {
    id: { key: "msgId", title: t("messageId"), width: 292, render: id },
    status: {
      key: "status",
      title: t(kind === "produce" ? "sendStatus" : "consumeStatus"),
      width: 178,
      render: (row: JobRow) => <RowStatus row={row} kind={kind} />,
    },
    topic: { key: "topic", title: t("topic"), width: 122, ellipsis: true, render: () => mono(topic) },
    broker: {
      key: "broker",
      title: t("broker"),
      width: 100,
      render: (row: JobRow) => mono(textOf(row.data, "brokerName")),
    },
    queue: figure("queueId", t("queue"), 78, (row) => figureOf(row.data, "queueId")),
    offset: figure("queueOffset", t("offset"), 82, (row) => textOf(row.data, "queueOffset")),
  } satisfies Record<string, JobColumn>;
}

const figure = (
  key: string,
  title: string,
  width: number,
  value: (row: JobRow) => string | number | undefined,
): JobColumn => ({ key, title, width, align: "right", render: (row) => <Num value={value(row)} /> });

export function useProduceColumns(instanceId: string, topic: string): JobColumn[] {
  const t = useT("dial-test");
  const { id, status, topic: name, broker, queue, offset } = useSharedColumns({ instanceId, topic, kind: "produce" });
  const latency = figure("ms", t("latency"), 110, (row) => figureOf(row.data, "ms"));
  return [id, status, name, broker, queue, offset, latency];
}

export function useConsumeColumns(instanceId: string, topic: string): JobColumn[] {
  const t = useT("dial-test");
  const { id, status, topic: name, broker, queue, offset } = useSharedColumns({ instanceId, topic, kind: "consume" });
  const moment = (key: string, title: string): JobColumn => ({
    key,
    title,
    width: 190,
    render: (row) => <Time at={figureOf(row.data, key)} ms />,
  });
  return [
    id,
    status,
    name,
    moment("bornTimestamp", t("born")),
    moment("storeTimestamp", t("storedAt")),
    broker,
    queue,
    offset,
  ];
}

export const topicOf = (job: Pick<Job, "params">): string => textOf(job.params, "topic") ?? "";
