import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState, type Ref } from "react";
import { PASSWORD_MAX, PASSWORD_MIN } from "#contract/rules/limits.ts";
import type { CurrentUser } from "#contract/session.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Field } from "../../components/field.tsx";
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
  const currentInput = useRef<HTMLInputElement>(null);
  const nextInput = useRef<HTMLInputElement>(null);
  const change = useMutation(
    api.session.changePassword.mutationOptions({
      onSuccess: (data) => {
        queryClient.setQueryData(sessionQuery().queryKey, data);
        void router.navigate({ to: "/", replace: true });
      },
    }),
  );
  const wrong = isWrong(change.error);
  const weak = weaknessOf(change.error);
  // Whoever cannot see the field hears what is wrong with it; any other problem is announced where it stands.
  useEffect(() => {
    if (isWrong(change.error)) currentInput.current?.focus();
    else if (weaknessOf(change.error) !== undefined) nextInput.current?.focus();
  }, [change.error]);
  /** What the server found was about what is no longer there. */
  const typed = (set: (value: string) => void) => (value: string) => {
    set(value);
    if (change.isError) change.reset();
  };
  return (
    <form
      className="rd-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending && next === again) change.mutate({ current, next });
      }}
    >
      <input type="text" value={user.username} autoComplete="username" readOnly hidden />
      <PasswordField
        label={t("password.current")}
        fault={wrong ? t("password.currentWrong") : undefined}
        value={current}
        onChange={typed(setCurrent)}
        autoComplete="current-password"
        autoFocus
        ref={currentInput}
      />
      <PasswordField
        label={t("password.next")}
        hint={t("password.rule", bounds)}
        fault={weak === undefined ? undefined : t(`password.fault.${weak}`, bounds)}
        value={next}
        onChange={typed(setNext)}
        ref={nextInput}
      />
      <PasswordField
        label={t("password.again")}
        fault={again !== "" && again !== next ? t("password.differs") : undefined}
        value={again}
        onChange={setAgain}
      />
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

const isWrong = (error: unknown) => problemOf(error).code === "SIGN_IN_FAILED";

function weaknessOf(error: unknown): string | undefined {
  const problem = problemOf(error);
  return problem.code === "WEAK_PASSWORD" ? issueAt(problem, "next") : undefined;
}

interface PasswordFieldProps {
  label: string;
  hint?: string;
  fault?: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete?: "current-password" | "new-password";
  autoFocus?: boolean;
  ref?: Ref<HTMLInputElement>;
}

function PasswordField({ label, hint, fault, onChange, autoComplete = "new-password", ...input }: PasswordFieldProps) {
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(control) => (
        <input
          {...control}
          {...input}
          className="rd-input"
          type="password"
          onChange={(event) => onChange(event.target.value)}
          autoComplete={autoComplete}
          maxLength={PASSWORD_MAX}
          required
        />
      )}
    </Field>
  );
}
