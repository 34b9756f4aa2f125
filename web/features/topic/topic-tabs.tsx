import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import type { TopicGroup, TopicProducer, TopicQueue } from "#contract/topic.ts";
import { LagNum, NeverConsumed, NotKnown } from "../../components/backlog.tsx";
import { Copyable } from "../../components/copyable.tsx";
import { Name } from "../../components/name.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { GroupLink, MessagesLink } from "../../components/links.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { QueueProgress } from "../../components/resource/queue-progress.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

export interface TabProps {
  instanceId: string;
  topic: string;
}

const num = <T,>(key: string, title: ReactNode, of: (row: T) => string | number | null): PartColumn<T> => ({
  key,
  title,
  align: "right",
  render: (row) => <Num value={of(row)} />,
});

/** A sum over the brokers that told of a group. */
const sum = (key: string, title: string, of: (row: TopicGroup) => string | null): PartColumn<TopicGroup> => ({
  key,
  title,
  align: "right",
  render: (row) => <SumNum value={of(row)} atLeast={row.atLeast} />,
});

const lagColumn = (t: TFunction): PartColumn<TopicGroup> => ({
  key: "lag",
  title: t("common:backlog.lag"),
  align: "right",
  render: (row) => <LagNum of={row} unknown={row.lagUnknown} atLeast={row.atLeast} />,
});

const neverColumn = (t: TFunction): PartColumn<TopicGroup> => ({
  key: "never",
  title: t("common:backlog.neverConsumed"),
  align: "right",
  render: (row) => <NeverConsumed of={row} atLeast={row.atLeast} />,
});

/** The newest message of a queue; an empty queue has none to show. */
const newest = ({ minOffset, maxOffset }: TopicQueue) =>
  BigInt(maxOffset) > BigInt(minOffset) ? (BigInt(maxOffset) - 1n).toString() : undefined;

export function QueuesTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const query = useQuery(api.topic.queues.queryOptions({ input: { instanceId, topic } }));
  const columns: PartColumn<TopicQueue>[] = [
    { key: "broker", title: t("broker"), render: (row) => <Name value={row.brokerName} /> },
    {
      key: "queue",
      title: t("queue"),
      align: "right",
      render: (row) => (
        <>
          {row.readable === false ? (
            <StateTag tone="warn" title={t("notReadableText")}>
              {t("notReadable")}
            </StateTag>
          ) : null}{" "}
          <Num value={row.queueId} />
        </>
      ),
    },
    num("min", t("minOffset"), (row) => row.minOffset),
    num("max", t("brokerOffset"), (row) => row.maxOffset),
    num("stored", t("stored"), (row) => (BigInt(row.maxOffset) - BigInt(row.minOffset)).toString()),
    { key: "last", title: t("lastStored"), render: (row) => <Time at={row.lastUpdate} relative /> },
    {
      key: "messages",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      render: (row) => {
        const offset = row.readable === false ? undefined : newest(row);
        if (offset === undefined) return null;
        return (
          <MessagesLink
            instanceId={instanceId}
            topic={topic}
            brokerName={row.brokerName}
            queueId={row.queueId}
            offset={offset}
          >
            {t("toMessages")}
          </MessagesLink>
        );
      },
    },
  ];
  return (
    <PartTable
      label={t("tab.queues")}
      query={query}
      columns={columns}
      rowKey={(row) => `${row.brokerName} ${row.queueId}`}
      empty={{ title: t("empty.queues") }}
    />
  );
}

const useGroups = (input: TabProps) => useQuery(api.topic.groups.queryOptions({ input }));

export function GroupsTab(props: TabProps) {
  const t = useT("topic");
  const query = useGroups(props);
  const columns: PartColumn<TopicGroup>[] = [
    { key: "group", title: t("group"), render: (row) => <GroupLink instanceId={props.instanceId} group={row.group} /> },
    {
      key: "clients",
      title: t("clients"),
      render: (row) =>
        row.clients === null ? (
          "–"
        ) : row.clients > 0 ? (
          <StateTag tone="good">{t("clientsOnline", { count: row.clients })}</StateTag>
        ) : (
          <StateTag tone="off">{t("offline")}</StateTag>
        ),
    },
    {
      key: "model",
      title: t("model"),
      render: (row) =>
        row.messageModel === null ? "–" : t(`models.${row.messageModel}`, { defaultValue: row.messageModel }),
    },
    lagColumn(t),
    neverColumn(t),
    {
      key: "last",
      title: <span title={t("lastConsumedText")}>{t("lastConsumed")}</span>,
      render: (row) => <Time at={row.lastConsumedAt} relative />,
    },
  ];
  return (
    <PartTable
      label={t("tab.groups")}
      query={query}
      columns={columns}
      rowKey={(row) => row.group}
      empty={{ title: t("empty.groups"), text: t("empty.groupsText") }}
    />
  );
}

export function LagTab(props: TabProps) {
  const t = useT("topic");
  const query = useGroups(props);
  const columns: PartColumn<TopicGroup>[] = [
    { key: "group", title: t("group"), render: (row) => <GroupLink instanceId={props.instanceId} group={row.group} /> },
    sum("consumed", t("consumed"), (row) => row.consumed),
    lagColumn(t),
    neverColumn(t),
    num("day", <span title={t("consumed24hText")}>{t("consumed24h")}</span>, (row) => row.consumed24h),
    {
      key: "unacked",
      title: t("unacked"),
      align: "right",
      render: (row) =>
        row.unacked === null && row.pop !== false ? (
          <NotKnown why={t("popUnackedText")} />
        ) : (
          <SumNum value={row.unacked} atLeast={row.atLeast} />
        ),
    },
    {
      key: "last",
      title: <span title={t("lastConsumedText")}>{t("lastConsumed")}</span>,
      render: (row) => <Time at={row.lastConsumedAt} relative />,
    },
  ];
  return (
    <PartTable
      label={t("tab.lag")}
      query={query}
      columns={columns}
      rowKey={(row) => row.group}
      note={t("lagNote")}
      empty={{ title: t("empty.groups"), text: t("empty.groupsText") }}
      expand={(row) => <GroupQueues {...props} group={row} />}
    />
  );
}

function GroupQueues({ group, ...place }: TabProps & { group: TopicGroup }) {
  const t = useT("topic");
  if (group.queues.length === 0)
    return <p className="rd-quiet">{t(`common:backlog.unknown.${group.lagUnknown ?? "notRead"}`)}</p>;
  return (
    <QueueProgress
      resource="topic"
      {...place}
      queues={group.queues}
      caption={t("queuesOf", { group: group.group })}
      lag={t("common:backlog.lag")}
      unacked={group.pop === false ? undefined : () => null}
    />
  );
}

export function ProducersTab({ instanceId, topic }: TabProps) {
  const t = useT("topic");
  const query = useQuery(api.topic.producers.queryOptions({ input: { instanceId, topic } }));
  const columns: PartColumn<TopicProducer>[] = [
    {
      key: "group",
      title: t("producerGroup"),
      render: (row) =>
        row.group === null ? (
          <span className="rd-quiet" title={t("notConnectedText")}>
            {t("notConnected")}
          </span>
        ) : (
          <Name value={row.group} />
        ),
    },
    {
      key: "client",
      title: t("clientId"),
      render: (row) => (row.clientId === null ? "–" : <Copyable value={row.clientId} />),
    },
    { key: "address", title: t("address"), render: (row) => <Copyable value={row.address} /> },
    num("connections", t("connections"), (row) => row.connections),
    { key: "broker", title: t("broker"), render: (row) => <Name value={row.brokers.join(", ")} /> },
    {
      key: "client-version",
      title: t("language"),
      render: (row) => [row.language, row.version].filter((part) => part !== null).join(" ") || "–",
    },
    { key: "last", title: t("lastSent"), render: (row) => <Time at={row.lastSentAt} relative /> },
  ];
  return (
    <PartTable
      label={t("tab.producers")}
      query={query}
      columns={columns}
      rowKey={(row) => row.clientId ?? row.address}
      note={
        <>
          {t("producersNote")}
          {query.data === undefined || query.data.unreadable === "0" ? null : (
            <strong> {t("unreadableNote", { count: Number(query.data.unreadable) })}</strong>
          )}
        </>
      }
      empty={{ title: t("empty.producers"), text: t("empty.producersText") }}
    />
  );
}
