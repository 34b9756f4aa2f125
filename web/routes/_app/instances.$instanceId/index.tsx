import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_app/instances/$instanceId/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/instances/$instanceId/overview", params, replace: true });
  },
});
