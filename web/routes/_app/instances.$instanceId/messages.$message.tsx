import { createFileRoute } from "@tanstack/react-router";
import { MessageDetailPage } from "../../../features/message/message-detail-page.tsx";
import { messageDetailSearch } from "../../../features/message/message-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/$message")({
  validateSearch: messageDetailSearch,
  component: () => <MessageDetailPage {...Route.useParams()} />,
});
