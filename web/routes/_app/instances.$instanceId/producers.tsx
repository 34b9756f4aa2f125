import { createFileRoute } from "@tanstack/react-router";
import { ProducersPage } from "../../../features/online/producers-page.tsx";
import { producersSearch } from "../../../features/online/online-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/producers")({
  validateSearch: producersSearch,
  component: () => <ProducersPage instanceId={Route.useParams().instanceId} />,
});
