import { createFileRoute } from "@tanstack/react-router";
import { ScanPage } from "../../../features/message/scan/scan-page.tsx";
import { scanSearch } from "../../../features/message/scan/scan-search.ts";
import { messageParts } from "../-message-parts.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/scan")({
  validateSearch: scanSearch,
  component: () => <ScanPage {...Route.useParams()} parts={messageParts} />,
});
