import { createFileRoute, redirect } from "@tanstack/react-router";
import { AppLayout } from "../app/app-layout.tsx";
import { sessionQuery } from "../lib/session.ts";

export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ context, location }) => {
    const { user } = await context.queryClient.ensureQueryData(sessionQuery());
    if (!user) throw redirect({ to: "/sign-in", search: { to: location.href } });
    if (user.mustChangePassword) throw redirect({ to: "/change-password" });
  },
  component: AppLayout,
});
