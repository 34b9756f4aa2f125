import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { ClientShare, Consistency, GroupSubscription } from "#contract/group-client.ts";
import { Copyable } from "../../components/copyable.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Name } from "../../components/name.tsx";
import { FailureText, PartialStrip } from "../../components/partial-strip.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { Label, StateTag } from "../../components/state-tag.tsx";
import { PanelSkeleton } from "../../components/table-skeleton.tsx";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { topicColumn, type TabProps } from "./group-progress-tab.tsx";
import { useConsistency } from "./queue-owners.ts";

export function SubscriptionsTab({ instanceId, group }: TabProps) {
  const t = useT("group");
  const query = useQuery(api.group.subscriptions.queryOptions({ input: { instanceId, group } }));
  const columns: PartColumn<GroupSubscription>[] = [
    topicColumn(t, instanceId),
    {
      key: "expression",
      title: t("expression"),
      render: (row) =>
        row.expression === null ? (
          <span className="rd-quiet" title={t("notSubscribedText")}>
            {t("notSubscribed")}
          </span>
        ) : (
          <Name value={row.expression} />
        ),
    },
    { key: "type", title: t("expressionType"), render: (row) => row.type ?? "–" },
  ];
  return (
    <>
      <PartTable
        label={t("tab.subscriptions")}
        query={query}
        columns={columns}
        rowKey={(row) => `${row.topic} ${row.expression ?? ""} ${row.type ?? ""}`}
        empty={{ title: t("empty.subscriptions"), text: t("empty.subscriptionsText") }}
      />
      <ConsistencyCheck instanceId={instanceId} group={group} />
    </>
  );
}

/** What clients said lately; asked by hand they say it anew, and one that hangs takes seconds: the rest of the page waits for none. */
function ConsistencyCheck({ instanceId, group }: Pick<TabProps, "instanceId" | "group">) {
  const t = useT("group");
  const known = useConsistency({ instanceId, group });
  const input = { instanceId, group, fresh: true };
  const check = useQuery(api.group.consistency.queryOptions({ input, enabled: false, gcTime: 0 }));
  const data = (check.data?.at ?? 0) > (known.data?.at ?? 0) ? check.data : known.data;
  const error = check.error ?? (data === undefined ? known.error : null);
  return (
    <section className="rd-card rd-group-check" aria-labelledby="rd-consistency">
      <header>
        <h2 id="rd-consistency">{t("check.title")}</h2>
        <Verdict result={data} />
        <span className="rd-quiet">
          <Time at={data?.at} relative />
        </span>
        <Button size="small" loading={check.isFetching} onClick={() => void check.refetch()}>
          {t("check.again")}
        </Button>
      </header>
      <p className="rd-quiet">{t("check.text")}</p>
      {known.isFetching && !data ? <PanelSkeleton label={t("check.asking")} /> : null}
      {error !== null && !check.isFetching ? (
        <ErrorState error={error} onRetry={() => void check.refetch()} inline />
      ) : null}
      {data ? <SideBySide result={data} /> : null}
    </section>
  );
}

function Verdict({ result }: { result: Consistency | undefined }) {
  const t = useT("group");
  if (result === undefined) return null;
  const answered = result.clients.filter(({ subscriptions, cut }) => subscriptions !== null && !cut).length;
  if (result.consistent === null) return <StateTag tone="unknown">{t("check.nothing", { count: answered })}</StateTag>;
  return result.consistent ? (
    <StateTag tone="good">{t("check.same", { count: answered })}</StateTag>
  ) : (
    <StateTag tone="bad">{t("check.different")}</StateTag>
  );
}

function SideBySide({ result }: { result: Consistency }) {
  const t = useT("group");
  const { clients, topics, failures } = result;
  return (
    <>
      <PartialStrip failures={failures} onRetry={() => undefined} />
      {clients.length === 0 ? (
        <p>{t(failures.length === 0 ? "empty.clients" : "onlineUnknown")}</p>
      ) : (
        <div className="rd-group-sides">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("topic")}</th>
                {clients.map(({ clientId, address }) => (
                  <th key={`${clientId} ${address}`} scope="col" title={address}>
                    <Copyable value={clientId} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {topics.map(({ topic, difference }) => (
                <tr key={topic} data-differs={difference !== null}>
                  <th scope="row">
                    <Name value={topic} />
                    {difference === null ? null : (
                      <StateTag tone={difference === "order" ? "warn" : "bad"}>
                        {t(`check.difference.${difference}`)}
                      </StateTag>
                    )}
                  </th>
                  {clients.map((client) => (
                    <td key={`${client.clientId} ${client.address}`}>
                      <Said client={client} topic={topic} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Silent clients={clients} />
    </>
  );
}

function Said({ client, topic }: { client: ClientShare; topic: string }) {
  const t = useT("group");
  if (client.subscriptions === null)
    return <span className="rd-quiet">{t(client.failure === null ? "check.notAsked" : "check.noAnswer")}</span>;
  const said = client.subscriptions.find((one) => one.topic === topic);
  if (said === undefined && client.cut) return <span className="rd-quiet">{t("check.cut")}</span>;
  if (said === undefined) return <span className="rd-quiet">{t("notSubscribed")}</span>;
  return (
    <>
      <Name value={said.expression} />
      {said.type === "TAG" ? null : <Label>{said.type}</Label>}
    </>
  );
}

/** Clients that could not be asked, and why. */
function Silent({ clients }: { clients: ClientShare[] }) {
  const silent = clients.flatMap(({ clientId, failure }) => (failure === null ? [] : [{ clientId, failure }]));
  if (silent.length === 0) return null;
  return (
    <ul className="rd-users">
      {silent.map(({ clientId, failure }) => (
        <li key={`${clientId} ${failure.code}`}>
          <Name value={clientId} /> · <FailureText failure={failure} />
        </li>
      ))}
    </ul>
  );
}
