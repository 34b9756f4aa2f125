import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { PASSWORD_MAX } from "#contract/rules/limits.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { forgetTab, keptInTab } from "../../lib/store.ts";
import { sessionQuery } from "../../lib/session.ts";

/** Where to go after the sign-in: only a path of this console, never another host. */
export function safePath(to: string | undefined): string {
  // As a browser reads it, which takes tabs and line ends out and a backslash for a slash.
  const here = "https://console.invalid";
  return to?.startsWith("/") === true && URL.canParse(to, here) && new URL(to, here).origin === here ? to : "/";
}

export function SignInForm({ to }: { to: string | undefined }) {
  const t = useT("session");
  const router = useRouter();
  const queryClient = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation(
    api.session.signIn.mutationOptions({
      onSuccess: ({ user }) => {
        // Whose session ended goes on with what they typed.
        if (keptInTab("user") !== user.username) forgetTab();
        queryClient.clear();
        queryClient.setQueryData(sessionQuery().queryKey, { user });
        if (user.mustChangePassword) void router.navigate({ to: "/change-password", replace: true });
        else void router.navigate({ href: safePath(to), replace: true });
      },
      onError: () => setPassword(""),
    }),
  );
  return (
    <form
      className="rd-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!signIn.isPending) signIn.mutate({ username: username.trim(), password });
      }}
    >
      <label className="rd-field">
        <span>{t("signIn.username")}</span>
        <input
          className="rd-input"
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          autoFocus
          required
          maxLength={64}
          autoCapitalize="none"
          spellCheck={false}
        />
      </label>
      <label className="rd-field">
        <span>{t("signIn.password")}</span>
        <input
          className="rd-input"
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          required
          maxLength={PASSWORD_MAX}
        />
      </label>
      {signIn.error ? <ErrorState error={signIn.error} inline /> : null}
      <button
        type="submit"
        className="rd-button"
        data-kind="primary"
        aria-busy={signIn.isPending}
        disabled={username.trim() === "" || password === ""}
      >
        {t("signIn.submit")}
      </button>
    </form>
  );
}
