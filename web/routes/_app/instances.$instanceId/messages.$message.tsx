import { createFileRoute } from "@tanstack/react-router";
import { MessageDetailPage } from "../../../features/message/message-detail-page.tsx";
import { messageDetailSearch } from "../../../features/message/message-search.ts";
import { messageParts } from "../-message-parts.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/$message")({
  // The way to the neighbours in the queue keeps the focus, and the message before until the next is there.
  remountDeps: ({ params }) => params.instanceId,
  validateSearch: messageDetailSearch,
  component: () => <MessageDetailPage {...Route.useParams()} parts={messageParts} />,
});
