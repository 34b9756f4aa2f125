import { useQuery } from "@tanstack/react-query";
import { Button, Drawer } from "antd";
import { useState, type ReactNode } from "react";
import type { RunningInfo } from "#contract/group.ts";
import { CopyButton } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { KeyFacts } from "../../components/key-facts.tsx";
import { Num } from "../../components/num.tsx";
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

function Running({ info }: { info: RunningInfo }) {
  const t = useT("group");
  const started = Number(info.properties["PROP_CONSUMER_START_TIMESTAMP"]);
  return (
    <>
      <KeyFacts
        facts={[
          { label: t("startedAt"), value: <Time at={Number.isFinite(started) ? started : null} relative /> },
          { label: t("queues"), value: <Num value={info.queues.length + info.popQueues.length} /> },
          { label: t("via"), value: <span className="rd-mono">{info.via}</span> },
        ]}
      />
      <Status rows={info.status} />
      <Queues rows={info.queues} />
      <PopQueues rows={info.popQueues} />
    </>
  );
}

function Section({
  title,
  heads,
  show,
  children,
}: {
  title: string;
  heads: string[];
  show: boolean;
  children: ReactNode;
}) {
  if (!show) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <table className="rd-subtable">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

function Status({ rows }: { rows: RunningInfo["status"] }) {
  const t = useT("group");
  const heads = ["topic", "pullTps", "pullMs", "okTps", "consumeMs", "failedTps", "failed"].map((key) => t(key));
  return (
    <Section title={t("rates")} heads={heads} show={rows.length > 0}>
      {rows.map((row) => (
        <tr key={row.topic}>
          <td className="rd-mono">{row.topic}</td>
          <td>
            <Num value={row.pullTps} as="rate" />
          </td>
          <td>
            <Num value={row.pullMs} as="duration" />
          </td>
          <td>
            <Num value={row.okTps} as="rate" />
          </td>
          <td>
            <Num value={row.consumeMs} as="duration" />
          </td>
          <td>
            <Num value={row.failedTps} as="rate" />
          </td>
          <td>
            <Num value={row.failed} />
          </td>
        </tr>
      ))}
    </Section>
  );
}

function Queues({ rows }: { rows: RunningInfo["queues"] }) {
  const t = useT("group");
  const heads = ["topic", "broker", "queue", "consumerOffset", "cached", "lastPull", "lastConsumedBy"].map((key) =>
    t(key),
  );
  return (
    <Section title={t("assigned")} heads={heads} show={rows.length > 0}>
      {rows.map((row) => (
        <tr key={`${row.topic} ${row.brokerName} ${row.queueId}`}>
          <td className="rd-mono">{row.topic}</td>
          <td className="rd-mono">{row.brokerName}</td>
          <td>
            <Num value={row.queueId} />
          </td>
          <td>
            <Num value={row.commitOffset} />
          </td>
          <td>
            <Num value={row.cachedMessages} />
          </td>
          <td>
            <Time at={row.lastPullAt} relative />
          </td>
          <td>
            <Time at={row.lastConsumeAt} relative />
          </td>
        </tr>
      ))}
    </Section>
  );
}

function PopQueues({ rows }: { rows: RunningInfo["popQueues"] }) {
  const t = useT("group");
  const heads = ["topic", "broker", "queue", "unacked", "lastPop"].map((key) => t(key));
  return (
    <Section title={t("popQueues")} heads={heads} show={rows.length > 0}>
      {rows.map((row) => (
        <tr key={`${row.topic} ${row.brokerName} ${row.queueId}`}>
          <td className="rd-mono">{row.topic}</td>
          <td className="rd-mono">{row.brokerName}</td>
          <td>
            <Num value={row.queueId} />
          </td>
          <td>
            <Num value={row.unacked} />
          </td>
          <td>
            <Time at={row.lastPopAt} relative />
          </td>
        </tr>
      ))}
    </Section>
  );
}

function Properties({ values }: { values: RunningInfo["properties"] }) {
  const t = useT("group");
  const entries = Object.entries(values);
  return (
    <div className="rd-group-properties">
      <Section title={t("properties")} heads={[t("key"), t("value")]} show={entries.length > 0}>
        {entries.map(([key, value]) => (
          <tr key={key}>
            <td className="rd-mono">{key}</td>
            <td className="rd-mono">{value}</td>
          </tr>
        ))}
      </Section>
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
