import { PageHeader } from "../../components/page-header.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { MessageQueries } from "./message-queries.tsx";
import { messageSearch } from "./message-search.ts";

/** Looking for messages: by time, key, id, or queue and offset. */
export function MessagePage({ instanceId }: { instanceId: string }) {
  const t = useT("message");
  const [search, patch] = useUrlState(messageSearch);
  return (
    <>
      <PageHeader title={t("messages")} />
      <MessageQueries instanceId={instanceId} search={search} patch={patch} />
    </>
  );
}
