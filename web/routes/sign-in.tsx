import { createFileRoute, redirect } from "@tanstack/react-router";
import { BareFrame } from "../app/bare-frame.tsx";
import { SignInForm } from "../features/session/sign-in-form.tsx";
import { useT } from "../lib/i18n.ts";
import { searchOf, text } from "../lib/search.ts";
import { sessionQuery } from "../lib/session.ts";

const signInSearch = searchOf({ to: text });

export const Route = createFileRoute("/sign-in")({
  validateSearch: signInSearch,
  beforeLoad: async ({ context }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery()).catch(() => undefined);
    if (session?.user) throw redirect({ to: "/" });
  },
  component: SignInRoute,
});

function SignInRoute() {
  const t = useT("session");
  return (
    <BareFrame title={t("signIn.title")} text={t("signIn.text")}>
      <SignInForm to={Route.useSearch().to} />
    </BareFrame>
  );
}
