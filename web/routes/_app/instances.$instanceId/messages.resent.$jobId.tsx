import { createFileRoute } from "@tanstack/react-router";
import { ResentPage } from "../../../features/message/resend/resent-page.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId/messages/resent/$jobId")({
  component: () => {
    const { instanceId, jobId } = Route.useParams();
    return <ResentPage key={jobId} instanceId={instanceId} jobId={jobId} />;
  },
});
