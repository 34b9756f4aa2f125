import { createFileRoute } from "@tanstack/react-router";
import { TopicDetailPage } from "../../../features/topic/topic-detail-page.tsx";
import { topicSearch } from "../../../features/topic/topic-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/topics/$topic")({
  validateSearch: topicSearch,
  component: () => <TopicDetailPage {...Route.useParams()} />,
});
