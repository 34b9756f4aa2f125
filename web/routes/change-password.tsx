import { createFileRoute, redirect } from "@tanstack/react-router";
import { BareFrame } from "../app/bare-frame.tsx";
import { ChangePasswordForm } from "../features/session/change-password-form.tsx";
import { useT } from "../lib/i18n.ts";
import { sessionQuery } from "../lib/session.ts";

export const Route = createFileRoute("/change-password")({
  beforeLoad: async ({ context }) => {
    const { user } = await context.queryClient.ensureQueryData(sessionQuery());
    if (!user) throw redirect({ to: "/sign-in" });
    return { user };
  },
  component: ChangePasswordRoute,
});

function ChangePasswordRoute() {
  const t = useT("session");
  const { user } = Route.useRouteContext();
  return (
    <BareFrame
      title={t("password.title")}
      text={t(user.mustChangePassword ? "password.first" : "password.text", { username: user.username })}
    >
      <ChangePasswordForm user={user} />
    </BareFrame>
  );
}
