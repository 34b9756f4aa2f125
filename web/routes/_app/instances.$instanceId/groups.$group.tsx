import { createFileRoute } from "@tanstack/react-router";
import { GroupDetailPage } from "../../../features/group/group-detail-page.tsx";
import { groupSearch } from "../../../features/group/group-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/groups/$group")({
  validateSearch: groupSearch,
  component: () => <GroupDetailPage {...Route.useParams()} />,
});
