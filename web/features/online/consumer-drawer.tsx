import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { RefreshControl } from "../../components/refresh-control.tsx";
import { useReturnFocus } from "../../components/return-focus.ts";
import { UrlTabs } from "../../components/url-tabs.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { visible } from "../../lib/visible.ts";
import { ConsumerClients } from "./consumer-clients.tsx";
import { LagTable } from "./lag-table.tsx";
import { consumerTabs, type ConsumersSearch } from "./online-search.ts";

interface ConsumerDrawerProps {
  instanceId: string;
  group: string;
  /** The row that it was opened from. */
  topic: string | undefined;
  tab: ConsumersSearch["tab"];
  everySeconds: number | undefined;
  onTab: (tab: ConsumersSearch["tab"]) => void;
  onEvery: (seconds: number | undefined, options?: { replace?: boolean }) => void;
  onClose: () => void;
}

/** How far a group is, and who is online of it. */
export function ConsumerDrawer(props: ConsumerDrawerProps) {
  const { instanceId, group, topic, tab = "lag", everySeconds, onTab, onEvery, onClose } = props;
  const t = useT("online");
  useReturnFocus();
  const every = { staleTime: 0, refetchInterval: everySeconds === undefined ? (false as const) : everySeconds * 1000 };
  const lag = useQuery(
    api.online.lag.queryOptions({ input: { instanceId, group, topic }, enabled: tab === "lag", ...every }),
  );
  const consumer = useQuery(
    api.online.consumer.queryOptions({ input: { instanceId, group }, enabled: tab === "clients", ...every }),
  );
  const shown = tab === "lag" ? lag : consumer;
  const tables = {
    lag: () => <LagTable instanceId={instanceId} group={group} query={lag} />,
    clients: () => <ConsumerClients instanceId={instanceId} group={group} query={consumer} />,
  };
  return (
    <Drawer
      open
      onClose={onClose}
      title={visible(group)}
      size={1240}
      destroyOnHidden
      extra={
        <RefreshControl
          at={shown.data?.at}
          everySeconds={everySeconds}
          refreshing={shown.isFetching}
          onRefresh={() => void shown.refetch()}
          onEvery={onEvery}
        />
      }
    >
      <UrlTabs
        label={group}
        value={tab}
        onChange={onTab}
        tabs={consumerTabs.map((key) => ({ key, label: t(`tab.${key}`), children: tables[key] }))}
      />
    </Drawer>
  );
}
