import "./topic.css";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, useState, type ComponentType, type ReactNode } from "react";
import type { TopicOverview } from "#contract/topic.ts";
import { Findings } from "../../components/findings.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { LinkButton, primary } from "../../components/link-button.tsx";
import { SumNum } from "../../components/num.tsx";
import { DetailFrame } from "../../components/resource/detail-frame.tsx";
import { Time } from "../../components/time.tsx";
import { UnreadableNote } from "../../components/unreadable-note.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useOpened } from "../../lib/recent.ts";
import { useUrlState } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { topicSearch, topicTabs } from "./topic-search.ts";
import { RouteTab, TopicConfigTab } from "./topic-config-tabs.tsx";
import { GroupsTab, LagTab, ProducersTab, QueuesTab } from "./topic-tabs.tsx";
import { PermLabel, TopicMarks, TypeLabel } from "./topic-words.tsx";

const EditDrawer = lazy(() => import("./topic-edit-drawer.tsx").then((m) => ({ default: m.TopicEditDrawer })));
const TpsTab = lazy(() => import("./topic-tps-tab.tsx").then((m) => ({ default: m.TpsTab })));
const DeleteDrawer = lazy(() => import("./topic-delete-drawer.tsx").then((m) => ({ default: m.TopicDeleteDrawer })));

/** "Today" begins at midnight of whoever looks. */
const startOfToday = () => new Date().setHours(0, 0, 0, 0);

const tabs = {
  queues: QueuesTab,
  groups: GroupsTab,
  lag: LagTab,
  tps: TpsTab,
  producers: ProducersTab,
  route: RouteTab,
  config: TopicConfigTab,
};

interface TopicDetailProps {
  instanceId: string;
  topic: string;
  /** The drawer that resets the offsets of a group that consumes it. */
  Reset: ComponentType<{ instanceId: string; topic: string; onClose: () => void }>;
  /** Looking for its messages. */
  Messages: ComponentType<{ instanceId: string; topic: string }>;
}

export function TopicDetailPage({ instanceId, topic, Reset, Messages }: TopicDetailProps) {
  const t = useT("topic");
  const navigate = useNavigate();
  const [search, patch] = useUrlState(topicSearch);
  const [since] = useState(startOfToday);
  const mayUpdate = useCan("topic:update");
  const mayDelete = useCan("topic:delete");
  const mayReset = useCan("offset:reset");
  const close = () => patch({ open: undefined });
  const toList = () => void navigate({ to: "/instances/$instanceId/topics", params: { instanceId } });
  const drawers = {
    edit: () => <EditDrawer instanceId={instanceId} topic={topic} onClose={close} />,
    delete: () => <DeleteDrawer instanceId={instanceId} topic={topic} onClose={close} onDeleted={toList} />,
    reset: () => <Reset instanceId={instanceId} topic={topic} onClose={close} />,
  };
  const query = useQuery(api.topic.get.queryOptions({ input: { instanceId, topic, since } }));
  useOpened(instanceId, "topic", topic, query.isSuccess);
  return (
    <DetailFrame
      name={topic}
      crumb={
        <Link to="/instances/$instanceId/topics" params={{ instanceId }}>
          {t("topics")}
        </Link>
      }
      query={query}
      queryKey={api.topic.key({ input: { instanceId, topic } })}
      search={search}
      patch={patch}
      head={(overview) => ({
        marks: (
          <>
            {overview.messageType === null ? null : <TypeLabel topic={overview} />}
            <TopicMarks topic={overview} />
          </>
        ),
        actions: (
          <>
            <WaysOn instanceId={instanceId} overview={overview} />
            {mayReset && overview.kind !== "system" && !overview.routeOnly ? (
              <Button onClick={() => patch({ open: "reset" })}>{t("resetOffset")}</Button>
            ) : null}
          </>
        ),
        mayEdit: mayUpdate && overview.kind !== "system" && !overview.routeOnly,
        mayDelete: mayDelete && overview.kind !== "system",
        facts: overview.routeOnly ? (
          <p className="rd-note rd-topic-note">{t("routeOnlyText")}</p>
        ) : (
          <Facts overview={overview} />
        ),
      })}
      findings={
        <>
          <Findings instanceId={instanceId} topic={topic} />
          <UnreadableNote instanceId={instanceId} topic={topic} />
        </>
      }
      tabs={() =>
        topicTabs.map((key) => {
          const Tab = key === "messages" ? Messages : tabs[key];
          return { key, label: t(`tab.${key}`), children: () => <Tab instanceId={instanceId} topic={topic} /> };
        })
      }
      drawer={search.open && drawers[search.open]()}
    />
  );
}

/** To the messages, and to sending one. */
function WaysOn({ instanceId, overview }: { instanceId: string; overview: TopicOverview }) {
  const t = useT("topic");
  const maySend = useCan("message:send") && overview.kind === "normal" && !overview.routeOnly;
  const place = { className: "rd-topic-link", params: { instanceId }, search: { topic: overview.topic } };
  return (
    <>
      <Link to="/instances/$instanceId/messages" {...place}>
        {t("toMessages")}
      </Link>
      {maySend ? (
        <LinkButton
          {...primary}
          to="/instances/$instanceId/dial-tests"
          params={{ instanceId }}
          search={{ topic: overview.topic }}
        >
          {t("sendMessage")}
        </LinkButton>
      ) : null}
    </>
  );
}

function Facts({ overview }: { overview: TopicOverview }) {
  const t = useT("topic");
  const fact = (key: string, value: ReactNode) => ({ label: t(key), value, title: t(`${key}Title`) });
  const sum = (value: string | number | null, as?: "rate") => (
    <SumNum value={value} as={as} atLeast={overview.atLeast} />
  );
  const { readQueues, writeQueues } = overview;
  return (
    <KeyFacts
      facts={[
        fact("stored", sum(overview.stored)),
        fact("historical", sum(overview.historical)),
        fact("producedToday", sum(overview.producedSince)),
        fact("tps", sum(overview.tps, "rate")),
        { label: t("common:backlog.lag"), title: t("lagTitle"), value: sum(overview.lag) },
        ...(overview.neverConsumed === null || overview.neverConsumed === "0"
          ? []
          : [
              {
                label: t("common:backlog.neverConsumed"),
                title: t("common:backlog.neverConsumedText"),
                value: sum(overview.neverConsumed),
              },
            ]),
        fact("lastStored", <Time at={overview.lastStoredAt} relative />),
        {
          label: t("queuesFact"),
          value:
            readQueues === null || writeQueues === null
              ? "–"
              : t("queuesReadWrite", { read: readQueues, write: writeQueues }),
        },
        { label: t("permission"), value: <PermLabel perm={overview.perm} /> },
      ]}
    />
  );
}
