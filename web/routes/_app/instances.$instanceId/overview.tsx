import { createFileRoute } from "@tanstack/react-router";
import { overviewSearch } from "../../../features/instance/instance-search.ts";
import { OverviewPage } from "../../../features/instance/overview-page.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId/overview")({
  validateSearch: overviewSearch,
  component: () => <OverviewPage instanceId={Route.useParams().instanceId} />,
});
