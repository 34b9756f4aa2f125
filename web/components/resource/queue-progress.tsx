import type { ReactNode } from "react";
import type { QueueProgress as Queue } from "#contract/progress.ts";
import { useT } from "../../lib/i18n.ts";
import { CommittedOffset, QueueLag } from "../backlog.tsx";
import { Num } from "../num.tsx";
import { SubTable } from "../sub-table.tsx";
import { Time } from "../time.tsx";
import { MessagesLink } from "../links.tsx";
import type { Resource } from "../../lib/resource-search.ts";
import { Name } from "../name.tsx";

interface QueueProgressProps {
  resource: Resource;
  instanceId: string;
  topic: string;
  queues: Queue[];
  caption: string;
  /** What is not consumed is called so. */
  lag: string;
  /** Null where what is unacknowledged is not told. */
  unacked?: (queue: Queue) => string | null;
  /** Whose a queue is. */
  owner?: [title: string, cell: (queue: Queue) => ReactNode];
}

/** How far a group has come with a topic, queue by queue, with the way to the first message that it has not consumed. */
export function QueueProgress(props: QueueProgressProps) {
  const { resource, instanceId, topic, queues, caption, lag, unacked = (queue) => queue.unacked, owner } = props;
  const t = useT(resource);
  return (
    <SubTable
      caption={caption}
      rows={queues}
      rowKey={({ brokerName, queueId }) => `${brokerName} ${queueId}`}
      columns={[
        [t("broker"), ({ brokerName }) => <Name value={brokerName} />],
        [t("queue"), ({ queueId }) => <Num value={queueId} />],
        [t("brokerOffset"), ({ brokerOffset }) => <Num value={brokerOffset} />],
        ...(owner === undefined ? [] : [owner]),
        [t("consumerOffset"), ({ consumerOffset }) => <CommittedOffset of={consumerOffset} />],
        [lag, (queue) => <QueueLag of={queue} />],
        [t("common:backlog.neverConsumed"), ({ neverConsumed }) => <Num value={neverConsumed} />],
        [t("unacked"), (queue) => <Num value={unacked(queue)} />],
        [t("lastConsumed"), ({ lastConsumedAt }) => <Time at={lastConsumedAt} relative />],
      ]}
      actions={({ brokerName, queueId, brokerOffset, consumerOffset, ...queue }) =>
        queue.lag !== null && queue.lag !== "0" ? (
          <MessagesLink
            instanceId={instanceId}
            topic={topic}
            brokerName={brokerName}
            queueId={queueId}
            offset={consumerOffset ?? "0"}
          >
            {t("toMessages")}
          </MessagesLink>
        ) : queue.neverConsumed !== null && queue.neverConsumed !== "0" ? (
          <MessagesLink
            instanceId={instanceId}
            topic={topic}
            brokerName={brokerName}
            queueId={queueId}
            offset={(BigInt(brokerOffset) - BigInt(queue.neverConsumed)).toString()}
          >
            {t("toMessages")}
          </MessagesLink>
        ) : null
      }
    />
  );
}
