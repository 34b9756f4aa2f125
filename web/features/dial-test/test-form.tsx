import { Button } from "antd";
import { useState, type ReactNode } from "react";
import { ErrorState } from "../../components/error-state.tsx";
import { WritePlanPanel, type WritePlan } from "../../components/write-plan.tsx";

interface TestFormProps {
  label: string;
  /** The fields, on the left. */
  children: ReactNode;
  plan: WritePlan | undefined;
  /** False while the form has faults. */
  ready: boolean;
  startText: string;
  /** Starts the test; a thrown problem is shown under the form. */
  onStart: () => Promise<void>;
}

/** A test before it runs: fields left, what will happen right, one button. */
export function TestForm({ label, children, plan, ready, startText, onStart }: TestFormProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const allowed = ready && !plan?.blocked && !plan?.failed;
  const start = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onStart();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="rd-dial-form"
      aria-label={label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (allowed && !busy) void start();
      }}
    >
      <div className="rd-dial-fields">{children}</div>
      <WritePlanPanel plan={plan} />
      <div className="rd-dial-foot">
        {error === undefined ? null : <ErrorState error={error} inline />}
        <div className="rd-buttons">
          <Button type="primary" htmlType="submit" disabled={!allowed} loading={busy}>
            {startText}
          </Button>
        </div>
      </div>
    </form>
  );
}
