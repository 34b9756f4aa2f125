import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { CurrentUser } from "#contract/session.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { sessionQuery } from "../../lib/session.ts";

export function ChangePasswordForm({ user }: { user: CurrentUser }) {
  const t = useT("session");
  const router = useRouter();
  const queryClient = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && again !== next;
  const change = useMutation(
    api.session.changePassword.mutationOptions({
      onSuccess: (data) => {
        queryClient.setQueryData(sessionQuery().queryKey, data);
        void router.navigate({ to: "/", replace: true });
      },
    }),
  );
  return (
    <form
      className="rd-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending && next === again) change.mutate({ current, next });
      }}
    >
      <input type="text" value={user.username} autoComplete="username" readOnly hidden />
      <label className="rd-field">
        <span>{t("password.current")}</span>
        <input
          className="rd-input"
          type="password"
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
          autoComplete="current-password"
          autoFocus
          required
        />
      </label>
      <label className="rd-field">
        <span>{t("password.next")}</span>
        <input
          className="rd-input"
          type="password"
          value={next}
          onChange={(event) => setNext(event.target.value)}
          autoComplete="new-password"
          required
          aria-describedby="password-rule"
        />
        <small id="password-rule" className="rd-quiet">
          {t("password.rule")}
        </small>
      </label>
      <label className="rd-field">
        <span>{t("password.again")}</span>
        <input
          className="rd-input"
          type="password"
          value={again}
          onChange={(event) => setAgain(event.target.value)}
          autoComplete="new-password"
          required
          aria-invalid={differs}
          aria-describedby="password-again"
        />
        <small id="password-again" className="rd-fault" role="status">
          {differs ? t("password.differs") : ""}
        </small>
      </label>
      {change.error ? <ErrorState error={change.error} inline /> : null}
      <div className="rd-buttons">
        {user.mustChangePassword ? null : (
          <button type="button" className="rd-button" onClick={() => router.history.back()}>
            {t("common:cancel")}
          </button>
        )}
        <button
          type="submit"
          className="rd-button"
          data-kind="primary"
          aria-busy={change.isPending}
          disabled={current === "" || next === "" || next !== again}
        >
          {t("password.submit")}
        </button>
      </div>
    </form>
  );
}
