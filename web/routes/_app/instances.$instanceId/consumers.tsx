import { createFileRoute } from "@tanstack/react-router";
import { ConsumersPage } from "../../../features/online/consumers-page.tsx";
import { consumersSearch } from "../../../features/online/online-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/consumers")({
  validateSearch: consumersSearch,
  component: () => <ConsumersPage instanceId={Route.useParams().instanceId} />,
});
