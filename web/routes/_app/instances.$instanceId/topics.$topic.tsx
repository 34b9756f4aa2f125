import { createFileRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { topicMessagesSearch } from "../../../features/message/message-search.ts";
import { TopicDetailPage } from "../../../features/topic/topic-detail-page.tsx";
import { topicSearch } from "../../../features/topic/topic-search.ts";

const ResetDrawer = lazy(() =>
  import("../../../features/offset/reset-drawer.tsx").then((m) => ({ default: m.ResetDrawer })),
);

const Messages = lazy(() =>
  import("../../../features/message/topic-messages.tsx").then((m) => ({ default: m.TopicMessages })),
);

export const Route = createFileRoute("/_app/instances/$instanceId/topics/$topic")({
  validateSearch: (raw: Record<string, unknown>) => ({ ...topicSearch(raw), ...topicMessagesSearch(raw) }),
  component: () => <TopicDetailPage {...Route.useParams()} Reset={ResetDrawer} Messages={Messages} />,
});
