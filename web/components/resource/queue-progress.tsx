import type { GroupQueue } from "#contract/group.ts";
import { useT } from "../../lib/i18n.ts";
import { Num } from "../num.tsx";
import { SubTable } from "../sub-table.tsx";
import { Time } from "../time.tsx";
import { MessagesLink } from "../links.tsx";
import type { Resource } from "../../lib/resource-search.ts";

interface QueueProgressProps {
  resource: Resource;
  instanceId: string;
  topic: string;
  queues: GroupQueue[];
  caption: string;
  /** What is not consumed is called so. */
  lag: string;
  /** Null where what is unacknowledged is not told. */
  unacked?: (queue: GroupQueue) => string | null;
}

/** How far a group has come with a topic, queue by queue, with the way to the first message that it has not consumed. */
export function QueueProgress(props: QueueProgressProps) {
  const { resource, instanceId, topic, queues, caption, lag, unacked = (queue) => queue.unacked } = props;
  const t = useT(resource);
  return (
    <SubTable
      caption={caption}
      rows={queues}
      rowKey={({ brokerName, queueId }) => `${brokerName} ${queueId}`}
      columns={[
        [t("broker"), ({ brokerName }) => <span className="rd-mono">{brokerName}</span>],
        [t("queue"), ({ queueId }) => <Num value={queueId} />],
        [t("brokerOffset"), ({ brokerOffset }) => <Num value={brokerOffset} />],
        [t("consumerOffset"), ({ consumerOffset }) => <Num value={consumerOffset} />],
        [lag, (queue) => <Num value={queue.lag} />],
        [t("unacked"), (queue) => <Num value={unacked(queue)} />],
        [t("lastConsumed"), ({ lastConsumedAt }) => <Time at={lastConsumedAt} relative />],
      ]}
      actions={({ brokerName, queueId, consumerOffset, lag: left }) =>
        BigInt(left) > 0n ? (
          <MessagesLink
            instanceId={instanceId}
            topic={topic}
            brokerName={brokerName}
            queueId={queueId}
            offset={consumerOffset}
          >
            {t("toMessages")}
          </MessagesLink>
        ) : null
      }
    />
  );
}
