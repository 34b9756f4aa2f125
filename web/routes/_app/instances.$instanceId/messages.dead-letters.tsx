import { createFileRoute } from "@tanstack/react-router";
import { DeadLetterPage } from "../../../features/message/dead-letter/dead-letter-page.tsx";
import { deadLetterSearch } from "../../../features/message/dead-letter/dead-letter-search.ts";
import { deadLetterParts } from "../-dead-letter-parts.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/dead-letters")({
  validateSearch: deadLetterSearch,
  component: () => <DeadLetterPage {...Route.useParams()} parts={deadLetterParts} />,
});
