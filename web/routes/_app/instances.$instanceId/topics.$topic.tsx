import { createFileRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { TopicDetailPage } from "../../../features/topic/topic-detail-page.tsx";
import { topicSearch } from "../../../features/topic/topic-search.ts";

const ResetDrawer = lazy(() =>
  import("../../../features/offset/reset-drawer.tsx").then((m) => ({ default: m.ResetDrawer })),
);

export const Route = createFileRoute("/_app/instances/$instanceId/topics/$topic")({
  validateSearch: topicSearch,
  component: () => <TopicDetailPage {...Route.useParams()} Reset={ResetDrawer} />,
});
