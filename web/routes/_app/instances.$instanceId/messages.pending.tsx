import { createFileRoute } from "@tanstack/react-router";
import { PendingPage } from "../../../features/message/pending/pending-page.tsx";
import { pendingSearch } from "../../../features/message/pending/pending-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/pending")({
  validateSearch: pendingSearch,
  component: () => <PendingPage {...Route.useParams()} />,
});
