import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import type { GroupOverview, GroupProgress } from "#contract/group.ts";
import { LagNum } from "../../components/backlog.tsx";
import { SumNum } from "../../components/num.tsx";
import { TopicLink } from "../../components/links.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { QueueProgress } from "../../components/resource/queue-progress.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useOwners } from "./queue-owners.ts";
import { visible } from "../../lib/visible.ts";

export interface TabProps {
  instanceId: string;
  group: string;
  overview: GroupOverview;
}

/** A topic that the group consumes. */
export const topicColumn = <R extends { topic: string; retry: boolean }>(
  t: TFunction,
  instanceId: string,
): PartColumn<R> => ({
  key: "topic",
  title: t("topic"),
  render: ({ topic, retry }) => (
    <span className="rd-named">
      <TopicLink instanceId={instanceId} topic={topic} />
      {retry ? <Label title={t("retryText")}>{t("retry")}</Label> : null}
    </span>
  ),
});

/** Nothing waits to be consumed again, which is how it should be. */
const isIdleRetry = ({ retry, lag, neverConsumed }: GroupProgress) =>
  retry && neverConsumed === "0" && (lag === null || lag === "0");

/** With few topics their queues are what one came for. */
const FEW_TOPICS = 3;

export function ProgressTab({ instanceId, group, overview }: TabProps) {
  const t = useT("group");
  const query = useQuery(api.group.progress.queryOptions({ input: { instanceId, group } }));
  const ownerOf = useOwners({ instanceId, group });
  const partial = (query.data?.failures.length ?? 0) > 0;
  const num = (key: string, title: string, of: (row: GroupProgress) => string | null): PartColumn<GroupProgress> => ({
    key,
    title,
    align: "right",
    render: (row) => <SumNum value={of(row)} atLeast={partial} />,
  });
  const columns: PartColumn<GroupProgress>[] = [
    topicColumn(t, instanceId),
    num("queues", t("queues"), (row) => String(row.queues.length)),
    num("broker", t("brokerOffset"), (row) => row.brokerOffset),
    num("consumer", t("consumerOffset"), (row) => row.consumerOffset),
    {
      key: "lag",
      title: t(overview.pop ? "ready" : "common:backlog.lag"),
      align: "right",
      render: (row) => <LagNum of={row} unknown={partial ? "notRead" : "noOffsets"} atLeast={partial} />,
    },
    num("never", t("common:backlog.neverConsumed"), (row) => row.neverConsumed),
    {
      key: "last",
      title: <span title={t("lastConsumedText")}>{t("lastConsumed")}</span>,
      render: (row) => <Time at={row.lastConsumedAt} relative />,
    },
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
        text: t(overview.lagUnknown === "broadcasting" ? "common:backlog.unknown.broadcasting" : "empty.progressText"),
      }}
      expand={({ topic, queues }) => (
        <QueueProgress
          resource="group"
          instanceId={instanceId}
          topic={topic}
          queues={queues}
          caption={t("queuesOf", { topic })}
          lag={t(overview.pop ? "ready" : "common:backlog.lag")}
          unacked={overview.pop ? () => null : undefined}
          owner={[t("owner"), (queue) => <Owner clients={ownerOf({ topic, ...queue })} />]}
        />
      )}
      expanded={(row) => (query.data?.items.length ?? 0) <= FEW_TOPICS && !isIdleRetry(row)}
    />
  );
}

/** The client whose a queue is; a queue of nobody is consumed by nobody. */
function Owner({ clients }: { clients: string[] | null }) {
  const t = useT("group");
  if (clients === null) return <span className="rd-quiet">–</span>;
  if (clients.length === 0)
    return (
      <StateTag tone="warn" title={t("noOwnerText")}>
        {t("noOwner")}
      </StateTag>
    );
  return (
    <span className="rd-mono rd-ellipsis rd-group-owner" title={clients.join("\n")}>
      {visible(clients.join(", "))}
    </span>
  );
}
