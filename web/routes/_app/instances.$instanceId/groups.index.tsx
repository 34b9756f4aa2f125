import { createFileRoute } from "@tanstack/react-router";
import { GroupListPage } from "../../../features/group/group-list-page.tsx";
import { groupListSearch } from "../../../features/group/group-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/groups/")({
  validateSearch: groupListSearch,
  component: () => <GroupListPage instanceId={Route.useParams().instanceId} />,
});
