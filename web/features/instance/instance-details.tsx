import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { BrokerStorage, Instance } from "#contract/instance.ts";
import { RETENTION_WARN_HOURS } from "#contract/rules/limits.ts";
import { Copyable } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { GridTable } from "../../components/grid-table.tsx";
import { KeyFacts, type Fact } from "../../components/key-facts.tsx";
import { PartialStrip } from "../../components/partial-strip.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useCan } from "../../lib/session.ts";
import { Name } from "../../components/name.tsx";

interface InstanceDetailsProps {
  instance: Instance;
  onOpen: (what: "edit" | "connection" | "retention") => void;
}

const Addresses = ({ list }: { list: string[] }) =>
  list.length === 0 ? (
    <span className="rd-quiet">–</span>
  ) : (
    <>
      {list.map((address) => (
        <div key={address}>
          <Copyable value={address} />
        </div>
      ))}
    </>
  );

/** Basic information, access points, and how brokers keep messages. */
export function InstanceDetails({ instance, onOpen }: InstanceDetailsProps) {
  const t = useT("instance");
  const mayUpdate = useCan("instance:update");
  return (
    <>
      <FactsCard
        title={t("details.basic")}
        onEdit={mayUpdate ? () => onOpen("edit") : undefined}
        facts={[
          { label: t("field.name"), value: instance.name },
          { label: t("field.id"), value: <Copyable value={instance.id} /> },
          { label: t("field.cluster"), value: instance.clusterName ?? "–" },
          { label: t("field.version"), value: instance.version ?? "–" },
          { label: t("field.type"), value: instance.type === null ? "–" : t(`type.${instance.type}`) },
          { label: t("field.description"), value: instance.description || "–" },
          { label: t("field.createdAt"), value: <Time at={instance.createdAt} /> },
          { label: t("field.updatedAt"), value: <Time at={instance.updatedAt} /> },
        ]}
      />
      <FactsCard
        title={t("details.access")}
        onEdit={mayUpdate ? () => onOpen("connection") : undefined}
        facts={[
          { label: t("field.namesrv"), value: <Addresses list={instance.namesrvAddrs} /> },
          { label: t("field.proxy"), value: <Addresses list={instance.proxyAddrs} /> },
          { label: t("field.proxyRemoting"), value: <Addresses list={instance.proxyRemotingAddrs} /> },
          {
            label: t("field.metricsUrl"),
            value: <Addresses list={instance.metricsUrl === null ? [] : [instance.metricsUrl]} />,
          },
          {
            label: t("field.accessKey"),
            value: instance.accessKey === null ? t("details.unsigned") : <Copyable value={instance.accessKey} />,
          },
          {
            label: t("field.tls"),
            value: t(instance.tls ? (instance.tlsVerify ? "details.tlsVerified" : "details.tlsBlind") : "common:no"),
          },
        ]}
      />
      <StorageCard instance={instance} onChange={() => onOpen("retention")} />
    </>
  );
}

interface FactsCardProps {
  title: string;
  facts: Fact[];
  /** Undefined where it may not be changed. */
  onEdit: (() => void) | undefined;
}

function FactsCard({ title, facts, onEdit }: FactsCardProps) {
  const t = useT();
  return (
    <section className="rd-card" aria-label={title}>
      <div className="rd-card-head">
        <h2>{title}</h2>
        {onEdit ? (
          <Button size="small" onClick={onEdit}>
            {t("edit")}
          </Button>
        ) : (
          <span />
        )}
      </div>
      <KeyFacts dense facts={facts} />
    </section>
  );
}

function StorageCard({ instance, onChange }: { instance: Instance; onChange: () => void }) {
  const t = useT(["instance", "overview"]);
  const mayUpdate = useCan("instance:update");
  const { data, error, refetch } = useQuery(
    api.instance.storage.queryOptions({ input: { instanceId: instance.id }, staleTime: 30_000 }),
  );
  return (
    <section className="rd-card" aria-label={t("details.storage")}>
      <div className="rd-card-head">
        <h2>{t("details.storage")}</h2>
        {mayUpdate ? (
          <Button size="small" onClick={onChange}>
            {t("retention.action")}
          </Button>
        ) : (
          <span />
        )}
      </div>
      {error && data === undefined ? <ErrorState error={error} onRetry={() => void refetch()} inline /> : null}
      {data === undefined && !error ? <PanelSkeleton label={t("common:loading")} /> : null}
      {data === undefined ? null : (
        <>
          <PartialStrip failures={data.failures} onRetry={() => void refetch()} />
          <GridTable<BrokerStorage>
            rowKey={(broker) => `${broker.brokerName}:${broker.brokerId}`}
            rows={data.brokers}
            empty={<EmptyState title={t(data.failures.length === 0 ? "overview:brokers.empty" : "common:emptyPart")} />}
            columns={[
              {
                key: "broker",
                title: t("overview:broker.name"),
                render: (b) => <Name value={`${b.brokerName}:${b.brokerId}`} />,
              },
              { key: "addr", title: t("overview:broker.addr"), render: (b) => <Copyable value={b.addr} /> },
              {
                key: "role",
                title: <span title={t("why.brokerRole")}>{t("storage.role")}</span>,
                render: (b) => <Label>{b.brokerRole ?? "–"}</Label>,
              },
              {
                key: "flush",
                title: <span title={t("why.flush")}>{t("storage.flush")}</span>,
                render: (b) => <Label>{b.flushDiskType ?? "–"}</Label>,
              },
              {
                key: "retention",
                title: t("storage.retention"),
                align: "right",
                render: (b) => <Retention hours={b.retentionHours} />,
              },
              {
                key: "deleteWhen",
                title: t("storage.deleteWhen"),
                align: "right",
                render: (b) => <span className="rd-num">{b.deleteWhen ?? "–"}</span>,
              },
            ]}
          />
        </>
      )}
    </section>
  );
}

function Retention({ hours }: { hours: number | null }) {
  const t = useT("instance");
  if (hours === null) return <span className="rd-quiet">–</span>;
  const text = t("retention.hours", { hours });
  if (hours >= RETENTION_WARN_HOURS) return <span className="rd-num">{text}</span>;
  return (
    <StateTag tone="warn" title={t("retention.short", { hours: RETENTION_WARN_HOURS })}>
      {text}
    </StateTag>
  );
}
