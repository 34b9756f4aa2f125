import "./group.css";
import { useQuery } from "@tanstack/react-query";
import { Switch } from "antd";
import { lazy } from "react";
import type { GroupItem } from "#contract/group.ts";
import { NeverConsumed, NotKnown } from "../../components/backlog.tsx";
import { GroupFindings } from "../../components/findings.tsx";
import { ExportButton } from "../../components/export-button.tsx";
import type { Column } from "../../components/grid-table.tsx";
import { Num, SumNum } from "../../components/num.tsx";
import { figure, hideable, useCommonColumns } from "../../components/resource/columns.tsx";
import { GroupLink } from "../../components/links.tsx";
import { ListFrame, useFilters } from "../../components/resource/list-frame.tsx";
import { Trend, useTrendSpan } from "../../components/trend.tsx";
import { api, client } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useListQuery } from "../../lib/list-query.ts";
import { listInput, useUrlState, type Patch } from "../../lib/search.ts";
import { useCan } from "../../lib/session.ts";
import { groupConditions, groupKinds, groupListSearch, type GroupListSearch } from "./group-search.ts";
import { Clients, ConsumeState, Delay, GroupMarks, Lag, useModelWord, Verdict } from "./group-words.tsx";

const CreateDrawer = lazy(() => import("./group-create-drawer.tsx").then((m) => ({ default: m.GroupCreateDrawer })));
const EditDrawer = lazy(() => import("./group-edit-drawer.tsx").then((m) => ({ default: m.GroupEditDrawer })));
const DeleteDrawer = lazy(() => import("./group-delete-drawer.tsx").then((m) => ({ default: m.GroupDeleteDrawer })));

/** Who is furthest behind is who one came for. */
const WORST_FIRST = { sort: "lag", order: "desc" } as const;

export function GroupListPage({ instanceId }: { instanceId: string }) {
  const t = useT("group");
  const [search, patch] = useUrlState(groupListSearch);
  const { kind, broker, condition } = search;
  const filter = { kind: kind === "all" ? undefined : (kind ?? ("normal" as const)), broker, condition };
  const { sort = WORST_FIRST.sort, order = search.sort ? undefined : WORST_FIRST.order } = search;
  const list = useListQuery(
    api.group.list,
    { instanceId, ...listInput(search), ...filter, sort, order },
    search.refresh,
  );
  const options = useQuery(api.group.options.queryOptions({ input: { instanceId }, staleTime: 60_000 }));
  const names = (list.query.data?.items ?? []).map(({ group }) => group).sort();
  const close = { instanceId, onClose: () => patch({ open: undefined, of: undefined, consume: undefined }) };
  return (
    <ListFrame
      resource="group"
      instanceId={instanceId}
      list={list}
      search={search}
      patch={patch}
      columns={useColumns(instanceId, patch, names)}
      defaultSort={WORST_FIRST}
      above={<GroupFindings instanceId={instanceId} />}
      filters={[
        {
          key: "condition",
          label: t("conditionFilter"),
          options: groupConditions.map((value) => ({ value, label: t(`condition.${value}`) })),
        },
        ...useFilters("group", groupKinds, options.data?.brokers ?? []),
      ]}
      exported={(format) => client.group.export({ instanceId, search: search.search, ...filter, format })}
      selection={({ keys: groups, all }) => (
        <ExportButton
          small
          file={(format) => {
            const chosen = all === undefined ? { groups } : { search: search.search, ...filter };
            return client.group.export({ instanceId, ...chosen, format });
          }}
        />
      )}
      drawers={{
        create: () => <CreateDrawer {...close} />,
        edit: (group) => <EditDrawer {...close} group={group} consume={search.consume} />,
        delete: (group) => <DeleteDrawer {...close} group={group} />,
      }}
    />
  );
}

function useColumns(instanceId: string, patch: Patch<GroupListSearch>, groups: string[]): Column<GroupItem>[] {
  const t = useT("group");
  const model = useModelWord();
  const common = useCommonColumns<"group", GroupItem>("group", patch);
  const trends = api.group.trends.queryOptions({ input: { instanceId, groups, ...useTrendSpan() } });
  return [
    common.name((group) => (
      <>
        <GroupLink instanceId={instanceId} group={group.group} />
        <GroupMarks group={group} />
      </>
    )),
    hideable("verdict", t("verdict"), (group) => <Verdict group={group} />),
    figure("lag", t("common:backlog.lag"), (group) => <Lag group={group} />),
    {
      key: "trend",
      title: t("common:trend.title"),
      hideable: t("trend"),
      render: ({ group, lagUnknown }) =>
        lagUnknown === null || lagUnknown === "notRead" ? (
          <Trend name={group} curves={trends} as="number" />
        ) : (
          <NotKnown why={t(`common:backlog.unknown.${lagUnknown}`)} />
        ),
    },
    figure("neverConsumed", t("common:backlog.neverConsumed"), (group) => (
      <NeverConsumed of={group} atLeast={group.atLeast} />
    )),
    figure("delayMs", t("delay"), (group) => <Delay group={group} />),
    figure("deadLetters", t("deadLetters"), (group) => <Num value={group.deadLetters} />),
    figure("tps", t("tps"), (group) => <SumNum value={group.tps} as="rate" atLeast={group.atLeast} />),
    hideable("clients", t("clients"), (group) => <Clients count={group.clients} />),
    common.brokers(({ brokers }) => brokers.map(({ brokerName }) => brokerName)),
    hideable("consume", t("consumeEnable"), (group) => <ConsumeSwitch group={group} patch={patch} />),
    figure("retryMaxTimes", t("retries"), (group) => <Num value={group.retryMaxTimes} />),
    hideable("model", t("model"), (group) => model(group.messageModel)),
    common.remark,
    common.actions,
  ];
}

/** Shows what is; switching opens the plan of the change first. */
function ConsumeSwitch({ group, patch }: { group: GroupItem; patch: Patch<GroupListSearch> }) {
  const t = useT("group");
  const mayUpdate = useCan("group:update");
  const alike = group.brokers.every(({ consumeEnable }) => consumeEnable === group.consumeEnable);
  if (!mayUpdate || !alike || group.consumeEnable === null || group.kind === "system")
    return <ConsumeState group={group} />;
  return (
    <Switch
      size="small"
      checked={group.consumeEnable}
      aria-label={t("consumeSwitch", { group: group.group })}
      onChange={(on) => patch({ open: "edit", of: group.group, consume: on ? "on" : "off" })}
    />
  );
}
