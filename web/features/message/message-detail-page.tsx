import "./message.css";
import { Link, useNavigate } from "@tanstack/react-router";
import { PageHeader } from "../../components/page-header.tsx";
import { useT } from "../../lib/i18n.ts";
import { useUrlState } from "../../lib/search.ts";
import { MessageDetailView } from "./message-detail-view.tsx";
import type { MessageParts } from "./message-parts.ts";
import { messageDetailSearch } from "./message-search.ts";

interface MessageDetailPageProps {
  instanceId: string;
  message: string;
  parts: MessageParts;
}

/** A message on a page of its own, for a link that somebody is sent. */
export function MessageDetailPage({ instanceId, message, parts }: MessageDetailPageProps) {
  const t = useT("message");
  const navigate = useNavigate();
  const [search] = useUrlState(messageDetailSearch);
  const move = (ref: string) =>
    void navigate({ to: "/instances/$instanceId/messages/$message", params: { instanceId, message: ref }, search });
  return (
    <>
      <p className="rd-crumb">
        <Link to="/instances/$instanceId/messages" params={{ instanceId }}>
          {t("messages")}
        </Link>
      </p>
      <PageHeader title={t("message")} />
      <MessageDetailView instanceId={instanceId} message={message} group={search.group} onMove={move} parts={parts} />
    </>
  );
}
