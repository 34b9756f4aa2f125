import { createFileRoute } from "@tanstack/react-router";
import { TracePage } from "../../../features/message/trace/trace-page.tsx";
import { traceSearch } from "../../../features/message/trace/trace-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/trace")({
  validateSearch: traceSearch,
  component: () => <TracePage {...Route.useParams()} />,
});
