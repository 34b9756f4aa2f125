import { createFileRoute } from "@tanstack/react-router";
import { ImportPage } from "../../../features/csv-import/import-page.tsx";
import { importSearch } from "../../../features/csv-import/import-search.ts";

export const Route = createFileRoute("/_app/instances/$instanceId/topic-import")({
  validateSearch: importSearch,
  component: () => <ImportPage instanceId={Route.useParams().instanceId} what="topic" />,
});
