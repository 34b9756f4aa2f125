import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { GroupClient } from "#contract/group-client.ts";
import { Copyable } from "../../components/copyable.tsx";
import { Name } from "../../components/name.tsx";
import { PartTable, type PartColumn } from "../../components/resource/part-table.tsx";
import { StateTag } from "../../components/state-tag.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import type { TabProps } from "./group-progress-tab.tsx";
import { groupSearch } from "./group-search.ts";
import { useConsumeTypeWord, useModelWord } from "./group-words.tsx";

export function ClientsTab({ instanceId, group }: TabProps) {
  const t = useT("group");
  const [, patch] = useUrlState(groupSearch);
  const model = useModelWord();
  const consumeType = useConsumeTypeWord();
  const query = useQuery(api.group.clients.queryOptions({ input: { instanceId, group } }));
  const columns: PartColumn<GroupClient>[] = [
    {
      key: "id",
      title: t("clientId"),
      render: (row) => (
        <>
          <Copyable value={row.clientId} />
          {row.shared ? (
            <StateTag tone="warn" title={t("sharedIdText")}>
              {t("sharedId")}
            </StateTag>
          ) : null}
        </>
      ),
    },
    { key: "address", title: t("address"), render: (row) => <Copyable value={row.address} /> },
    {
      key: "version",
      title: t("language"),
      render: (row) => [row.language, row.version].filter((part) => part !== null).join(" ") || "–",
    },
    { key: "type", title: t("connectType"), render: (row) => consumeType(row.consumeType) },
    { key: "model", title: t("model"), render: (row) => model(row.messageModel) },
    {
      key: "from",
      title: t("fromWhere"),
      render: (row) =>
        row.consumeFromWhere === null ? "–" : t(`from.${row.consumeFromWhere}`, { defaultValue: row.consumeFromWhere }),
    },
    { key: "seen", title: t("seenAt"), render: (row) => <Name value={row.seenAt.join(", ")} /> },
    {
      key: "actions",
      title: <span className="rd-visually-hidden">{t("common:actions")}</span>,
      align: "right",
      render: (row) => (
        <Button size="small" type="text" onClick={() => patch({ client: row.clientId })}>
          {t("running")}
          <span className="rd-visually-hidden"> {row.clientId}</span>
        </Button>
      ),
    },
  ];
  return (
    <PartTable
      label={t("tab.clients")}
      query={query}
      columns={columns}
      rowKey={(row) => `${row.clientId} ${row.address}`}
      empty={{ title: t("empty.clients"), text: t("empty.clientsText") }}
    />
  );
}
