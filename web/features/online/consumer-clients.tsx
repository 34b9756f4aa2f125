import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { GroupClient } from "#contract/group-client.ts";
import type { ConsumerDetail } from "#contract/online.ts";
import { Copyable } from "../../components/copyable.tsx";
import { Name } from "../../components/name.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { useFormat } from "../../lib/format.ts";
import { useT } from "../../lib/i18n.ts";
import { visible } from "../../lib/visible.ts";
import { clientVersion, SharedTag } from "./online-words.tsx";

interface ConsumerClientsProps {
  instanceId: string;
  group: string;
  query: UseQueryResult<ConsumerDetail>;
}

/** Who is online of a group, and what two clients of one id do to it. */
export function ConsumerClients({ instanceId, group, query }: ConsumerClientsProps) {
  const t = useT("online");
  const rows = { ...query, data: query.data && { ...query.data, items: query.data.clients } } as UseQueryResult<
    ConsumerDetail & { items: GroupClient[] }
  >;
  return (
    <>
      {query.data ? <UnreadQueues instanceId={instanceId} group={group} detail={query.data} /> : null}
      <PartTable
        label={t("tab.clients")}
        query={rows}
        columns={useColumns(instanceId, group)}
        rowKey={(row) => `${row.clientId} ${row.address}`}
        empty={{ title: t("empty.clients"), text: t("empty.clientsText") }}
      />
    </>
  );
}

interface UnreadQueuesProps {
  instanceId: string;
  group: string;
  detail: ConsumerDetail;
}

/** Queues that no client has, and why where clients share an id. */
function UnreadQueues({ instanceId, group, detail: { sharedIds, unowned, queues } }: UnreadQueuesProps) {
  const t = useT("online");
  const format = useFormat();
  if (sharedIds.length === 0 && (unowned === null || unowned.length === 0)) return null;
  const waiting = (unowned ?? []).reduce((sum, queue) => sum + BigInt(queue.waiting), 0n);
  return (
    <section
      className="rd-note"
      data-tone="warn"
      aria-label={t(sharedIds.length > 0 ? "sharedIds.title" : "sharedIds.unownedTitle")}
    >
      {sharedIds.map(({ clientId, addresses }) => (
        <p key={clientId}>
          {t("sharedIds.what", {
            count: addresses.length,
            clientId: visible(clientId),
            addresses: addresses.join(", "),
          })}{" "}
          {t("sharedIds.why")}
        </p>
      ))}
      {unowned === null ? <p>{t("sharedIds.unknown")}</p> : null}
      {unowned !== null && unowned.length > 0 ? (
        <>
          <p>
            {t("sharedIds.unowned", {
              count: unowned.length,
              of: queues ?? 0,
              waiting: format.number(waiting.toString()),
            })}
          </p>
          <ul className="rd-online-queues">
            {unowned.slice(0, QUEUES_SHOWN).map((queue) => (
              <li key={`${queue.topic} ${queue.brokerName} ${queue.queueId}`}>
                <Name value={`${queue.topic} · ${queue.brokerName} · ${queue.queueId}`} />{" "}
                <span className="rd-quiet">
                  {t("sharedIds.waiting", { count: Number(queue.waiting), n: format.number(queue.waiting) })}
                </span>
              </li>
            ))}
          </ul>
          {unowned.length > QUEUES_SHOWN ? (
            <p>{t("sharedIds.more", { count: unowned.length - QUEUES_SHOWN })}</p>
          ) : null}
          {sharedIds.length > 0 ? null : (
            <p>
              {t("sharedIds.otherwise")}{" "}
              <Link
                to="/instances/$instanceId/groups/$group"
                params={{ instanceId, group }}
                search={{ tab: "subscriptions" }}
              >
                {t("sharedIds.toSubscriptions")}
              </Link>
            </p>
          )}
        </>
      ) : null}
      {unowned?.length === 0 ? <p>{t("sharedIds.allOwned")}</p> : null}
      {sharedIds.length > 0 ? <p>{t("sharedIds.todo")}</p> : null}
    </section>
  );
}

const QUEUES_SHOWN = 16;

function useColumns(instanceId: string, group: string): PartColumn<GroupClient>[] {
  const t = useT(["online", "group"]);
  return [
    {
      key: "id",
      title: t("clientId"),
      render: (row) => (
        <>
          <Copyable value={row.clientId} />
          {row.shared ? <SharedTag what="consumer" /> : null}
        </>
      ),
    },
    { key: "address", title: t("address"), render: (row) => <Copyable value={row.address} /> },
    { key: "version", title: t("language"), render: clientVersion },
    {
      key: "type",
      title: t("connectType"),
      render: ({ consumeType }) =>
        consumeType === null ? "–" : t(`group:consumeType.${consumeType}`, { defaultValue: consumeType }),
    },
    {
      key: "model",
      title: t("model"),
      render: ({ messageModel }) =>
        messageModel === null ? "–" : t(`group:models.${messageModel}`, { defaultValue: messageModel }),
    },
    {
      key: "from",
      title: t("fromWhere"),
      render: ({ consumeFromWhere }) =>
        consumeFromWhere === null ? "–" : t(`group:from.${consumeFromWhere}`, { defaultValue: consumeFromWhere }),
    },
    { key: "seen", title: t("seenAt"), render: (row) => <Name value={row.seenAt.join(", ")} /> },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      render: ({ clientId }) => (
        <Link
          to="/instances/$instanceId/groups/$group"
          params={{ instanceId, group }}
          search={{ tab: "clients", client: clientId }}
        >
          {t("running")}
          <span className="rd-visually-hidden"> {clientId}</span>
        </Link>
      ),
    },
  ];
}
