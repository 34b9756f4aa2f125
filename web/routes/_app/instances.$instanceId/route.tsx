import { createFileRoute } from "@tanstack/react-router";
import { InstanceLayout } from "../../../app/instance-layout.tsx";

export const Route = createFileRoute("/_app/instances/$instanceId")({
  component: () => <InstanceLayout instanceId={Route.useParams().instanceId} />,
});
