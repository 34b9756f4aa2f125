import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { useState } from "react";
import type { RunningInfo } from "#contract/group-client.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { useReturnFocus } from "../../components/return-focus.ts";
import { SubTable, type SubColumn } from "../../components/sub-table.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";

interface ClientProps {
  instanceId: string;
  group: string;
  clientId: string;
}

/** What a client says of itself, and its thread stacks when asked for. */
export function GroupClientDrawer({ onClose, ...props }: ClientProps & { onClose: () => void }) {
  const t = useT("group");
  useReturnFocus();
  const query = useQuery(api.group.runningInfo.queryOptions({ input: props, staleTime: 0, retry: false }));
  return (
    <Drawer open onClose={onClose} title={t("runningOf", { clientId: props.clientId })} size={960} destroyOnHidden>
      <div className="rd-group-client">
        {query.isPending ? <PanelSkeleton label={t("check.asking")} /> : null}
        {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.data ? <Running info={query.data} /> : null}
        {query.data ? <Stacks {...props} /> : null}
        {query.data ? <Properties values={query.data.properties} /> : null}
      </div>
    </Drawer>
  );
}

const mono = (text: string) => <Name value={text} />;

interface QueueOf {
  topic: string;
  brokerName: string;
  queueId: number;
}

const queueKey = ({ topic, brokerName, queueId }: QueueOf) => `${topic} ${brokerName} ${queueId}`;

function Running({ info }: { info: RunningInfo }) {
  const t = useT("group");
  const started = Number(info.properties["PROP_CONSUMER_START_TIMESTAMP"]);
  const queueColumns: SubColumn<QueueOf>[] = [
    [t("topic"), ({ topic }) => mono(topic)],
    [t("broker"), ({ brokerName }) => mono(brokerName)],
    [t("queue"), ({ queueId }) => <Num value={queueId} />],
  ];
  return (
    <>
      <KeyFacts
        facts={[
          { label: t("startedAt"), value: <Time at={Number.isFinite(started) ? started : null} relative /> },
          { label: t("queues"), value: <Num value={info.queues.length + info.popQueues.length} /> },
          { label: t("via"), value: mono(info.via) },
        ]}
      />
      <Section
        title={t("rates")}
        rows={info.status}
        rowKey={({ topic }) => topic}
        columns={[
          [t("topic"), ({ topic }) => mono(topic)],
          [t("pullTps"), ({ pullTps }) => <Num value={pullTps} as="rate" />],
          [t("pullMs"), ({ pullMs }) => <Num value={pullMs} as="duration" />],
          [t("okTps"), ({ okTps }) => <Num value={okTps} as="rate" />],
          [t("consumeMs"), ({ consumeMs }) => <Num value={consumeMs} as="duration" />],
          [t("failedTps"), ({ failedTps }) => <Num value={failedTps} as="rate" />],
          [t("failed"), ({ failed }) => <Num value={failed} />],
        ]}
      />
      <Section
        title={t("assigned")}
        rows={info.queues}
        rowKey={queueKey}
        columns={[
          ...queueColumns,
          [t("consumerOffset"), ({ commitOffset }) => <Num value={commitOffset} />],
          [t("cached"), ({ cachedMessages }) => <Num value={cachedMessages} />],
          [t("lastPull"), ({ lastPullAt }) => <Time at={lastPullAt} relative />],
          [t("lastConsumedBy"), ({ lastConsumeAt }) => <Time at={lastConsumeAt} relative />],
        ]}
      />
      <Section
        title={t("popQueues")}
        rows={info.popQueues}
        rowKey={queueKey}
        columns={[
          ...queueColumns,
          [t("unacked"), ({ unacked }) => <Num value={unacked} />],
          [t("lastPop"), ({ lastPopAt }) => <Time at={lastPopAt} relative />],
        ]}
      />
    </>
  );
}

interface SectionProps<T> {
  title: string;
  rows: T[];
  rowKey: (row: T) => string;
  columns: SubColumn<T>[];
}

function Section<T>({ title, ...table }: SectionProps<T>) {
  if (table.rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <SubTable caption={title} {...table} />
    </section>
  );
}

function Properties({ values }: { values: RunningInfo["properties"] }) {
  const t = useT("group");
  return (
    <div className="rd-group-properties">
      <Section
        title={t("properties")}
        rows={Object.entries(values)}
        rowKey={([key]) => key}
        columns={[
          [t("key"), ([key]) => mono(key)],
          [t("value"), ([, value]) => mono(value)],
        ]}
      />
    </div>
  );
}

/** Taking stacks halts the client for a moment, so only when asked. */
function Stacks(props: ClientProps) {
  const t = useT("group");
  const [asked, setAsked] = useState(false);
  const query = useQuery(
    api.group.runningInfo.queryOptions({
      input: { ...props, stack: true },
      enabled: asked,
      staleTime: Infinity,
      retry: false,
    }),
  );
  const stack = query.data?.stack ?? "";
  const take = () => (asked ? void query.refetch() : setAsked(true));
  return (
    <section aria-label={t("stacks")}>
      <h3>{t("stacks")}</h3>
      <p>
        <Button size="small" loading={query.isFetching} onClick={take}>
          {t(query.data ? "stacksAgain" : "stacksTake")}
        </Button>{" "}
        {stack === "" ? null : <CopyButton value={stack} />} <span className="rd-quiet">{t("stacksText")}</span>
      </p>
      {query.error && !query.isFetching ? <ErrorState error={query.error} onRetry={take} inline /> : null}
      {query.data && stack === "" ? <p>{t("stacksNone")}</p> : null}
      {stack === "" ? null : <pre className="rd-group-stack rd-mono">{stack}</pre>}
    </section>
  );
}
