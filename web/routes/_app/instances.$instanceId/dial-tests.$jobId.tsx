import { createFileRoute } from "@tanstack/react-router";
import { DialTestPage } from "../../../features/dial-test/dial-test-page.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId/dial-tests/$jobId")({
  component: () => <DialTestPage {...Route.useParams()} />,
});
