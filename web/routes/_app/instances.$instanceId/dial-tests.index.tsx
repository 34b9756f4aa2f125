import { createFileRoute } from "@tanstack/react-router";
import { dialTestsSearch } from "../../../features/dial-test/dial-test-search.ts";
import { DialTestsPage } from "../../../features/dial-test/dial-tests-page.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId/dial-tests/")({
  validateSearch: dialTestsSearch,
  component: () => <DialTestsPage instanceId={Route.useParams().instanceId} />,
});
