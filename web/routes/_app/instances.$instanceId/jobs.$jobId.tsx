import { createFileRoute } from "@tanstack/react-router";
import { JobPage } from "../../../features/job/job-page.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId/jobs/$jobId")({
  component: () => <JobPage jobId={Route.useParams().jobId} />,
});
