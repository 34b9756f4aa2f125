import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Job, JobRow } from "#contract/job.ts";
import { Copyable } from "../../components/copyable.tsx";
import { CutId } from "../../components/cut.tsx";
import type { JobColumn } from "../../components/job-progress.tsx";
import { MessageLink } from "../../components/links.tsx";
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
  /** The messages lie elsewhere than the row says: they wait for their time, or are half ones. */
  moved?: boolean;
}

interface IdCellProps extends Pick<Cells, "instanceId" | "topic" | "moved"> {
  id: string;
  data: JobRow["data"];
}

/** Opens the message itself; where only its id is known, it is looked for. */
function MessageId({ instanceId, topic, id, data, moved = false }: IdCellProps) {
  const [brokerName, queueId, queueOffset] = [
    textOf(data, "brokerName"),
    figureOf(data, "queueId"),
    textOf(data, "queueOffset"),
  ];
  const isPlaced = !moved && brokerName !== undefined && queueId !== undefined && queueOffset !== undefined;
  return (
    <Copyable value={id}>
      {isPlaced ? (
        <MessageLink instanceId={instanceId} place={{ topic, brokerName, queueId, queueOffset }} id={id} />
      ) : (
        <Link
          to="/instances/$instanceId/messages"
          params={{ instanceId }}
          search={{ tab: "id", topic, id }}
          aria-label={id}
        >
          <CutId id={id} />
        </Link>
      )}
    </Copyable>
  );
}

const mono = (value: string | undefined): ReactNode => (
  <span className="rd-mono" title={value}>
    {value ?? ""}
  </span>
);

const statusHeads: Record<TestKind, string> = {
  produce: "sendStatus",
  consume: "consumeStatus",
  roundTrip: "tripStatus",
};

/** What all kinds of test with messages show of a message: id, status, topic, broker, queue, offset. */
function useSharedColumns({ instanceId, topic, kind, moved }: Cells) {
  const t = useT("dial-test");
  const id = (row: JobRow): ReactNode => {
    const msgId = textOf(row.data, "msgId");
    return msgId === undefined ? (
      mono(row.key === topic ? undefined : row.key)
    ) : (
      <MessageId instanceId={instanceId} topic={topic} id={msgId} data={row.data} moved={moved} />
    );
  };
  return {
    id: { key: "msgId", title: t("messageId"), width: 292, render: id },
    status: {
      key: "status",
      title: t(statusHeads[kind]),
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

export function useProduceColumns(instanceId: string, topic: string, moved: boolean): JobColumn[] {
  const t = useT("dial-test");
  const {
    id,
    status,
    topic: name,
    broker,
    queue,
    offset,
  } = useSharedColumns({ instanceId, topic, kind: "produce", moved });
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
    broker,
    queue,
    offset,
    moment("bornTimestamp", t("born")),
    moment("storeTimestamp", t("storedAt")),
    name,
  ];
}

/** Of a topic that was made for the test: its messages are gone with it, and lead nowhere. */
export function useRoundTripColumns(instanceId: string, topic: string, isGone: boolean): JobColumn[] {
  const t = useT("dial-test");
  const shared = useSharedColumns({ instanceId, topic, kind: "roundTrip" });
  const plain = (row: JobRow) => {
    const id = textOf(row.data, "msgId");
    return id === undefined ? null : <Copyable value={id}>{mono(id)}</Copyable>;
  };
  const latency = figure("ms", t("endToEnd"), 150, (row) => figureOf(row.data, "ms"));
  const id = isGone ? { ...shared.id, render: plain } : shared.id;
  return [id, shared.status, shared.broker, shared.queue, shared.offset, latency];
}

/** A load test has a row for each second. */
export function useLoadColumns(): JobColumn[] {
  const t = useT("dial-test");
  const of = (key: string, title: string) => figure(key, title, 130, (row) => figureOf(row.data, key));
  return [
    { key: "at", title: t("second"), width: 190, render: (row) => <Time at={figureOf(row.data, "at")} /> },
    of("sent", t("sent")),
    of("failed", t("sendFailures")),
    of("received", t("received")),
    of("sendP99", t("curve.sendP99")),
    of("endToEndP99", t("curve.endToEndP99")),
    { key: "code", title: t("failedBy"), width: 200, render: (row) => mono(row.code) },
  ];
}

export const topicOf = (job: Pick<Job, "params">): string => textOf(job.params, "topic") ?? "";
