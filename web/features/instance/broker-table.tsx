import { useQuery } from "@tanstack/react-query";
import type { BrokerState } from "#contract/overview.ts";
import { Copyable } from "../../components/copyable.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { GridTable } from "../../components/grid-table.tsx";
import { Name } from "../../components/name.tsx";
import { Num } from "../../components/num.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";

function Answer({ broker }: { broker: BrokerState }) {
  const t = useT(["overview", "problem"]);
  if (broker.ok) return <StateTag tone="good">{t("broker.ok")}</StateTag>;
  const values = { address: broker.addr, remark: "", responseCode: "" };
  const what = broker.code === undefined ? t("broker.silent") : t(`problem:${broker.code}.what`, values);
  return <StateTag tone="bad">{what}</StateTag>;
}

/** From here on the disk wants attention; brokers refuse messages from 90 % on. */
const DISK_WARN = 0.75;
const DISK_BAD = 0.85;

function Disk({ ratio }: { ratio: number | null }) {
  const format = useFormat();
  if (ratio === null) return <span className="rd-quiet">–</span>;
  const text = <span className="rd-num">{format.percent(ratio)}</span>;
  if (ratio < DISK_WARN) return text;
  return <StateTag tone={ratio < DISK_BAD ? "warn" : "bad"}>{text}</StateTag>;
}

function Replication({ broker }: { broker: BrokerState }) {
  const t = useT("overview");
  const format = useFormat();
  if (broker.role === "master") return <span className="rd-quiet">–</span>;
  const { inSync, replicationLagBytes } = broker;
  const behind = replicationLagBytes !== null && replicationLagBytes !== "0";
  if (inSync === false)
    return <StateTag tone="bad">{t("broker.outOfSync", { bytes: format.bytes(replicationLagBytes) })}</StateTag>;
  if (behind)
    return <StateTag tone="info">{t("broker.behind", { bytes: format.bytes(replicationLagBytes) })}</StateTag>;
  return replicationLagBytes === null ? (
    <StateTag tone="unknown">{t("common:unknown")}</StateTag>
  ) : (
    <StateTag tone="good">{t("broker.inSync")}</StateTag>
  );
}

/** Every broker id with what it does, its disk, and how far a slave is behind. */
export function BrokerTable({ instanceId }: { instanceId: string }) {
  const t = useT("overview");
  const { data, error, refetch } = useQuery(api.overview.brokers.queryOptions({ input: { instanceId } }));
  return (
    <section className="rd-card" aria-label={t("brokers.title")}>
      <div className="rd-card-head">
        <h2>{t("brokers.title")}</h2>
        {data ? (
          <span className="rd-quiet">
            <Time at={data.at} relative />
          </span>
        ) : (
          <span />
        )}
      </div>
      {data === undefined && error ? <ErrorState error={error} onRetry={() => void refetch()} inline /> : null}
      {data === undefined && !error ? <PanelSkeleton label={t("common:loading")} /> : null}
      {data === undefined ? null : (
        <GridTable<BrokerState>
          rowKey={(broker) => `${broker.brokerName}:${broker.brokerId}`}
          rows={data.brokers}
          empty={<EmptyState title={t(data.failures.length === 0 ? "brokers.empty" : "common:emptyPart")} />}
          columns={[
            {
              key: "name",
              title: t("broker.name"),
              render: (b) => (
                <>
                  <Name value={b.brokerName} />{" "}
                  <Label title={`brokerId ${b.brokerId}`}>
                    {t(`role.${b.role}`)} {b.role === "slave" ? b.brokerId : ""}
                  </Label>
                  <div>
                    <Copyable value={b.addr} />
                  </div>
                </>
              ),
            },
            { key: "state", title: t("broker.state"), render: (b) => <Answer broker={b} /> },
            { key: "version", title: t("broker.version"), render: (b) => b.version ?? "–" },
            {
              key: "produce",
              title: t("figure.produceTps"),
              align: "right",
              render: (b) => <Num value={b.produceTps} as="rate" />,
            },
            {
              key: "consume",
              title: <span title={t("why.consumeTps")}>{t("figure.consumeTps")}</span>,
              align: "right",
              render: (b) => <Num value={b.consumeTps} as="rate" />,
            },
            {
              key: "today",
              title: <span title={t("why.producedToday")}>{t("broker.today")}</span>,
              align: "right",
              render: (b) => <Num value={b.producedToday} />,
            },
            {
              key: "disk",
              title: <span title={t("why.disk")}>{t("broker.disk")}</span>,
              align: "right",
              render: (b) => <Disk ratio={b.diskRatio} />,
            },
            { key: "replication", title: t("broker.replication"), render: (b) => <Replication broker={b} /> },
            {
              key: "boot",
              title: t("broker.boot"),
              align: "right",
              render: (b) => <Time at={b.bootAt} relative />,
            },
          ]}
        />
      )}
    </section>
  );
}
