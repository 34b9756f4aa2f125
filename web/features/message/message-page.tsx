import { PageHeader } from "../../components/page-header.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { MessageNav } from "./message-nav.tsx";
import type { MessageParts } from "./message-parts.ts";
import { MessageQueries } from "./message-queries.tsx";
import { messageSearch } from "./message-search.ts";

/** Looking for messages: by time, key, id, or queue and offset. */
export function MessagePage({ instanceId, parts }: { instanceId: string; parts: MessageParts }) {
  const t = useT("message");
  const [search, patch] = useUrlState(messageSearch);
  return (
    <>
      <PageHeader title={t("messages")} />
      <MessageNav instanceId={instanceId} />
      <MessageQueries instanceId={instanceId} search={search} patch={patch} parts={parts} />
    </>
  );
}
