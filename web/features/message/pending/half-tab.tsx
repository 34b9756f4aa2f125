import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { HalfMessage, HalfMessages } from "#contract/pending.ts";
import type { Column } from "../../../components/grid-table.tsx";
import { Name } from "../../../components/name.tsx";
import { StateTag } from "../../../components/state-tag.tsx";
import { Time } from "../../../components/time.tsx";
import { api } from "../../../lib/api.ts";
import { useFormat } from "../../../lib/format.ts";
import { useT } from "../../../lib/i18n.ts";
import { PendingList, useItemColumns, type PendingTabProps } from "./pending-list.tsx";

const isCut = ({ brokers }: HalfMessages) => brokers.some(({ read, of }) => BigInt(of) > BigInt(read));

/** Halves of transactions whose producer has not said what became of them. */
export function HalfTab({ instanceId, depth, onDepth }: PendingTabProps) {
  const t = useT("pending");
  const query = useQuery(
    api.pending.half.queryOptions({ input: { instanceId, depth }, placeholderData: keepPreviousData }),
  );
  const item = useItemColumns<HalfMessage>(instanceId);
  const mostOf = ({ brokerName }: HalfMessage) =>
    query.data?.brokers.find((broker) => broker.brokerName === brokerName)?.checkMax ?? null;
  const columns: Column<HalfMessage>[] = [
    { key: "born", title: t("born"), render: ({ bornAt }) => <Time at={bornAt} /> },
    ...item,
    { key: "producer", title: t("producer"), render: (row) => <Producer row={row} /> },
    {
      key: "checks",
      title: t("checks"),
      render: (row) => {
        const most = mostOf(row);
        return most === null ? String(row.checks) : t("checksOf", { checks: row.checks, most });
      },
    },
    { key: "next", title: t("nextCheck"), render: ({ nextCheckAt }) => <Time at={nextCheckAt} /> },
    { key: "broker", title: t("broker"), render: ({ brokerName }) => brokerName },
  ];
  return (
    <PendingList
      label={t("tab.half")}
      query={query}
      columns={columns}
      depth={depth}
      onDepth={onDepth}
      cut={isCut}
      empty={{ title: t("empty.half"), text: t("empty.halfText") }}
      summary={(found) => (
        <>
          <p>{t("halfText")}</p>
          <HalfBrokers brokers={found.brokers} />
        </>
      )}
    />
  );
}

function HalfBrokers({ brokers }: Pick<HalfMessages, "brokers">) {
  const t = useT("pending");
  const format = useFormat();
  return (
    <ul className="rd-pending-brokers">
      {brokers.map(({ brokerName, pending, read, of, checkEveryMs, rocksdb }) => (
        <li key={brokerName}>
          <Name value={brokerName} /> ·{" "}
          {[
            t(BigInt(of) > BigInt(read) ? "halfReadCut" : "halfRead", {
              count: pending,
              n: format.number(pending),
              read: format.number(read),
              of: format.number(of),
            }),
            ...(checkEveryMs === null ? [] : [t("checksEvery", { time: format.duration(checkEveryMs) })]),
            ...(rocksdb === true ? [t("rocksdb")] : []),
          ].join(" · ")}
        </li>
      ))}
    </ul>
  );
}

/** The broker asks the producers that are connected to it, and nobody else. */
function Producer({ row: { producerGroup, producers } }: { row: HalfMessage }) {
  const t = useT("pending");
  if (producerGroup === null) return <span className="rd-quiet">–</span>;
  return (
    <>
      <Name value={producerGroup} />{" "}
      {producers === null ? (
        <StateTag tone="unknown">{t("producersUnknown")}</StateTag>
      ) : producers === 0 ? (
        <StateTag tone="warn">{t("producersNone")}</StateTag>
      ) : (
        <StateTag tone="good">{t("producersOnline", { count: producers })}</StateTag>
      )}
    </>
  );
}
