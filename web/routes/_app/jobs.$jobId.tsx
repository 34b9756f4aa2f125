import { createFileRoute } from "@tanstack/react-router";
import { JobPage } from "../../features/job/job-page.tsx";

export const Route = createFileRoute("/_app/jobs/$jobId")({
  component: () => <JobPage jobId={Route.useParams().jobId} />,
});
