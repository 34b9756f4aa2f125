import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { GroupOverview, GroupProgress } from "#contract/group.ts";
import { Num, SumNum } from "../../components/num.tsx";
import { PartTable, type PartColumn } from "../../components/part-table.tsx";
import { Label } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

export interface TabProps {
  instanceId: string;
  group: string;
  overview: GroupOverview;
  /** The page refreshes on its own. */
  everySeconds: number | undefined;
}

/** For the queries of a tab. */
export const refetched = ({ everySeconds }: Pick<TabProps, "everySeconds">) =>
  ({ refetchInterval: everySeconds ? everySeconds * 1000 : false }) as const;

/** With few topics their queues are what one came for. */
const FEW_TOPICS = 3;

export function ProgressTab({ instanceId, group, overview, everySeconds }: TabProps) {
  const t = useT("group");
  const query = useQuery(
    api.group.progress.queryOptions({ input: { instanceId, group }, ...refetched({ everySeconds }) }),
  );
  const partial = (query.data?.failures.length ?? 0) > 0;
  const num = (key: string, title: string, of: (row: GroupProgress) => string): PartColumn<GroupProgress> => ({
    key,
    title,
    align: "right",
    render: (row) => <SumNum value={of(row)} atLeast={partial} />,
  });
  const columns: PartColumn<GroupProgress>[] = [
    {
      key: "topic",
      title: t("topic"),
      render: (row) => (
        <span className="rd-group-name">
          <TopicLink instanceId={instanceId} topic={row.topic} />
          {row.retry ? <Label title={t("retryText")}>{t("retry")}</Label> : null}
        </span>
      ),
    },
    num("queues", t("queues"), (row) => String(row.queues.length)),
    num("broker", t("brokerOffset"), (row) => row.brokerOffset),
    num("consumer", t("consumerOffset"), (row) => row.consumerOffset),
    num("lag", t(overview.pop ? "ready" : "lag"), (row) => row.lag),
    { key: "last", title: t("lastConsumed"), render: (row) => <Time at={row.lastConsumedAt} relative /> },
  ];
  return (
    <PartTable
      label={t("tab.progress")}
      query={query}
      columns={columns}
      rowKey={(row) => row.topic}
      note={overview.pop ? t("popText") : undefined}
      empty={{
        title: t("empty.progress"),
        text: t(overview.lagUnknown === "broadcasting" ? "lagUnknown.broadcasting" : "empty.progressText"),
      }}
      expand={(row) => <Queues instanceId={instanceId} progress={row} pop={overview.pop} />}
      expanded={(query.data?.items.length ?? 0) <= FEW_TOPICS}
    />
  );
}

export function TopicLink({ instanceId, topic }: { instanceId: string; topic: string }) {
  return (
    <Link className="rd-mono" to="/instances/$instanceId/topics/$topic" params={{ instanceId, topic }}>
      {topic}
    </Link>
  );
}

function Queues({ instanceId, progress, pop }: { instanceId: string; progress: GroupProgress; pop: boolean }) {
  const t = useT("group");
  return (
    <table className="rd-subtable">
      <caption className="rd-visually-hidden">{t("queuesOf", { topic: progress.topic })}</caption>
      <thead>
        <tr>
          <th scope="col">{t("broker")}</th>
          <th scope="col">{t("queue")}</th>
          <th scope="col">{t("brokerOffset")}</th>
          <th scope="col">{t("consumerOffset")}</th>
          <th scope="col">{t(pop ? "ready" : "lag")}</th>
          <th scope="col">{t("unacked")}</th>
          <th scope="col">{t("lastConsumed")}</th>
          <th scope="col">
            <span className="rd-visually-hidden">{t("common:actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {progress.queues.map((queue) => (
          <QueueRow
            key={`${queue.brokerName} ${queue.queueId}`}
            instanceId={instanceId}
            topic={progress.topic}
            queue={queue}
            pop={pop}
          />
        ))}
      </tbody>
    </table>
  );
}

interface QueueRowProps {
  instanceId: string;
  topic: string;
  queue: GroupProgress["queues"][number];
  pop: boolean;
}

function QueueRow({ instanceId, topic, queue, pop }: QueueRowProps) {
  const t = useT("group");
  return (
    <tr>
      <td className="rd-mono">{queue.brokerName}</td>
      <td>
        <Num value={queue.queueId} />
      </td>
      <td>
        <Num value={queue.brokerOffset} />
      </td>
      <td>
        <Num value={queue.consumerOffset} />
      </td>
      <td>
        <Num value={queue.lag} />
      </td>
      <td>
        <Num value={pop ? null : queue.unacked} />
      </td>
      <td>
        <Time at={queue.lastConsumedAt} relative />
      </td>
      <td>
        {BigInt(queue.lag) > 0n ? (
          <Link
            to="/instances/$instanceId/messages"
            params={{ instanceId }}
            search={{
              tab: "offset",
              topic,
              broker: queue.brokerName,
              queue: queue.queueId,
              offset: queue.consumerOffset,
            }}
          >
            {t("toMessages")}
            <span className="rd-visually-hidden">
              {" "}
              {queue.brokerName} {queue.queueId}
            </span>
          </Link>
        ) : null}
      </td>
    </tr>
  );
}
