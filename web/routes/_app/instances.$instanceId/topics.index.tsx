import { createFileRoute } from "@tanstack/react-router";
import { TopicListPage } from "../../../features/topic/topic-list-page.tsx";
import { topicListSearch } from "../../../features/topic/topic-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/topics/")({
  validateSearch: topicListSearch,
  component: () => <TopicListPage instanceId={Route.useParams().instanceId} />,
});
