import { createFileRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { topicMessagesSearch } from "../../../features/message/message-search.ts";
import { TopicDetailPage } from "../../../features/topic/topic-detail-page.tsx";
import { topicSearch } from "../../../features/topic/topic-search.ts";
import { messageParts } from "../-message-parts.ts";

const ResetDrawer = lazy(() =>
  import("../../../features/offset/reset-drawer.tsx").then((m) => ({ default: m.ResetDrawer })),
);

const TopicMessages = lazy(() =>
  import("../../../features/message/topic-messages.tsx").then((m) => ({ default: m.TopicMessages })),
);

const Messages = (named: { instanceId: string; topic: string }) => <TopicMessages {...named} parts={messageParts} />;

export const Route = createFileRoute("/_app/instances/$instanceId/topics/$topic")({
  validateSearch: (raw: Record<string, unknown>) => ({ ...topicSearch(raw), ...topicMessagesSearch(raw) }),
  component: () => <TopicDetailPage {...Route.useParams()} Reset={ResetDrawer} Messages={Messages} />,
});
