import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import type { ProducerClient } from "#contract/online.ts";
import { Copyable } from "../../components/copyable.tsx";
import { Name } from "../../components/name.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { useReturnFocus } from "../../components/return-focus.ts";
import { Time } from "../../components/time.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { visible } from "../../lib/visible.ts";
import { clientVersion, SharedTag } from "./online-words.tsx";

interface ProducerDrawerProps {
  instanceId: string;
  group: string;
  onClose: () => void;
}

/** Who is connected of a producer group, and where. */
export function ProducerDrawer({ instanceId, group, onClose }: ProducerDrawerProps) {
  const t = useT("online");
  useReturnFocus();
  const query = useQuery(api.online.producer.queryOptions({ input: { instanceId, group }, staleTime: 0 }));
  return (
    <Drawer open onClose={onClose} title={t("connectionsOf", { group: visible(group) })} size={1080} destroyOnHidden>
      <PartTable
        label={t("connections")}
        query={query}
        columns={useColumns()}
        rowKey={(row) => `${row.clientId} ${row.connections[0]?.address}`}
        note={t("connectionsText")}
        empty={{ title: t("empty.producer"), text: t("empty.producerText") }}
      />
    </Drawer>
  );
}

function useColumns(): PartColumn<ProducerClient>[] {
  const t = useT("online");
  return [
    {
      key: "id",
      title: t("clientId"),
      render: ({ clientId, shared }) => (
        <>
          <Copyable value={clientId} />
          {shared ? <SharedTag what="producer" /> : null}
        </>
      ),
    },
    {
      key: "instance",
      title: <span title={t("instanceNameText")}>{t("instanceName")}</span>,
      render: ({ instanceName }) => (instanceName === null ? "–" : <Name value={instanceName} />),
    },
    { key: "version", title: t("language"), render: clientVersion },
    {
      key: "connections",
      title: t("connectedTo"),
      render: ({ connections }) => (
        <ul className="rd-online-connections">
          {connections.map(({ brokerName, address, heardAt }) => (
            <li key={`${brokerName} ${address}`}>
              <Copyable value={address} /> <span className="rd-quiet">→</span> <Name value={brokerName} />{" "}
              <span className="rd-quiet" title={t("heardText")}>
                <Time at={heardAt} relative />
              </span>
            </li>
          ))}
        </ul>
      ),
    },
  ];
}
