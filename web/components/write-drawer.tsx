import { Button, Drawer, Input } from "antd";
import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { useT } from "../lib/i18n.ts";
import { useDiscardQuestion } from "./discard-question.tsx";
import { ErrorState } from "./error-state.tsx";
import { useReturnFocus } from "./return-focus.ts";
import { WriteOutcomeList, type WriteOutcome } from "./write-outcome.tsx";
import { WritePlanPanel, type WritePlan } from "./write-plan.tsx";
import "./write-drawer.css";

export interface WriteDrawerProps {
  open: boolean;
  title: string;
  /** The form, on the left. Its fields are the caller's; submitting it by Enter is `onApply` too. */
  children: ReactNode;
  /** What is told of the plan under the form, where lines do not suffice; of the plan that takes it back, too. */
  detail?: ReactNode;
  /** What was found out for it, over the plan. */
  found?: ReactNode;
  /** What will happen, on the right, live; undefined while the form is not complete. */
  plan: WritePlan | undefined;
  /** Whether something was typed that closing would lose. */
  dirty: boolean;
  /** False while the form has faults. */
  ready: boolean;
  applyText: string;
  /** Destructive: red button, and this name has to be typed. */
  confirmName?: string;
  danger?: boolean;
  /** Enter in a field does not apply it: a default would be written by who only ends a name. */
  byButton?: boolean;
  /** Little to fill in: the plan stands under it. */
  narrow?: boolean;
  /** Does it; a thrown problem is shown and the form stays. Returning nothing closes the drawer. */
  onApply: () => Promise<WriteOutcome | void>;
  onClose: () => void;
}

const WIDE = 960;
const NARROW = 600;

/** Every write: form left, plan right, then Apply, then the outcome broker by broker. Load it lazily: `lazy(() => import(…))`. */
export function WriteDrawer(props: WriteDrawerProps) {
  const { open, title, dirty, narrow = false, onApply, onClose } = props;
  const t = useT();
  const [outcome, setOutcome] = useState<WriteOutcome>();
  const [undoing, setUndoing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [wasOpen, setWasOpen] = useState(open);
  if (wasOpen !== open) {
    setWasOpen(open);
    setOutcome(undefined);
    setUndoing(false);
  }
  const guarded = open && dirty && !outcome && !undoing;
  const { close, leave, unasked, question } = useDiscardQuestion(guarded, onClose);
  useReturnFocus();
  return (
    <Drawer
      open={open}
      onClose={close}
      title={title}
      size={outcome || narrow ? NARROW : WIDE}
      destroyOnHidden
      afterOpenChange={(opened) => {
        if (opened) focusFirstField(form.current);
      }}
      className="rd-write-drawer"
      classNames={{ body: "rd-write-body" }}
    >
      {outcome ? (
        <WriteOutcomeList
          outcome={outcome}
          onClose={leave}
          onBack={() => setOutcome(undefined)}
          onUndo={
            outcome.onUndo &&
            (() => {
              outcome.onUndo?.();
              setUndoing(true);
              setOutcome(undefined);
            })
          }
        />
      ) : (
        <WriteForm
          {...props}
          {...(undoing && { children: t("write.undoText"), applyText: t("write.undoApply"), confirmName: undefined })}
          form={form}
          onApply={() => unasked(onApply)}
          onOutcome={setOutcome}
          onCancel={close}
          onClose={leave}
        />
      )}
      {question}
    </Drawer>
  );
}

/** A field that is there before the drawer is in sight cannot take the focus yet. */
function focusFirstField(form: HTMLFormElement | null): void {
  if (form === null || form.contains(document.activeElement)) return;
  form.querySelector<HTMLElement>("input:enabled, textarea:enabled")?.focus({ preventScroll: true });
}

interface WriteFormProps extends WriteDrawerProps {
  form: RefObject<HTMLFormElement | null>;
  onOutcome: (outcome: WriteOutcome) => void;
  onCancel: () => void;
}

function WriteForm({
  form,
  children,
  detail,
  found,
  plan,
  ready,
  applyText,
  confirmName,
  danger,
  byButton = false,
  narrow = false,
  onApply,
  onOutcome,
  onCancel,
  onClose,
}: WriteFormProps) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [typed, setTyped] = useState("");
  const can = ready && !plan?.blocked && !plan?.idle;
  // What cannot be done, or is not known yet, is not asked to be confirmed.
  const confirms = can && confirmName !== undefined;
  const allowed = can && (!confirms || typed.trim() === confirmName);
  useEffect(() => {
    if (confirms) focusFirstField(form.current);
  }, [confirms, form]);
  const apply = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const outcome = await onApply();
      if (outcome) onOutcome(outcome);
      else onClose();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      className="rd-write"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (allowed && !busy && !byButton) void apply();
      }}
    >
      <div className="rd-write-columns" data-narrow={narrow}>
        <div className="rd-write-form">
          {children}
          {detail}
        </div>
        <WritePlanPanel plan={plan} found={found} />
      </div>
      <div className="rd-write-foot">
        {error === undefined ? null : <ErrorState error={error} inline />}
        {confirms ? (
          <label className="rd-field">
            <span>{t("typeName", { name: confirmName })}</span>
            <Input
              className="rd-mono"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        ) : null}
        <div className="rd-buttons">
          <Button onClick={onCancel}>{t("cancel")}</Button>
          <Button
            type="primary"
            htmlType={byButton ? "button" : "submit"}
            onClick={byButton ? () => void apply() : undefined}
            danger={danger ?? confirmName !== undefined}
            disabled={!allowed}
            loading={busy}
          >
            {applyText}
          </Button>
        </div>
      </div>
    </form>
  );
}
