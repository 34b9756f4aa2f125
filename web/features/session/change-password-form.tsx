import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { PASSWORD_MAX, PASSWORD_MIN } from "#contract/rules.ts";
import type { CurrentUser } from "#contract/session.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { api } from "../../lib/api.ts";
import { useT } from "../../lib/i18n.ts";
import { issueAt, problemOf } from "../../lib/problem.ts";
import { sessionQuery } from "../../lib/session.ts";

const bounds = { min: PASSWORD_MIN, max: PASSWORD_MAX };

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
  const problem = change.error ? problemOf(change.error) : undefined;
  const wrong = problem?.code === "SIGN_IN_FAILED";
  const weak = problem?.code === "WEAK_PASSWORD" ? issueAt(problem, "next") : undefined;
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
          aria-invalid={wrong}
          aria-describedby="password-wrong"
        />
        <small id="password-wrong" className="rd-fault" role="status">
          {wrong ? t("password.currentWrong") : ""}
        </small>
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
          maxLength={PASSWORD_MAX}
          aria-invalid={weak !== undefined}
          aria-describedby="password-weak password-rule"
        />
        <small id="password-weak" className="rd-fault" role="status">
          {weak === undefined ? "" : t(`password.fault.${weak}`, bounds)}
        </small>
        <small id="password-rule" className="rd-quiet">
          {t("password.rule", bounds)}
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
      {change.error && !wrong && weak === undefined ? <ErrorState error={change.error} inline /> : null}
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
