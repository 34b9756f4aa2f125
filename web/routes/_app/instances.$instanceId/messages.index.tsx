import { createFileRoute } from "@tanstack/react-router";
import { MessagePage } from "../../../features/message/message-page.tsx";
import { messageSearch } from "../../../features/message/message-search.ts";
import { messageParts } from "../-message-parts.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/")({
  validateSearch: messageSearch,
  component: () => <MessagePage {...Route.useParams()} parts={messageParts} />,
});
